import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lastStop, State, stopOf, valueAt } from "../../../autograd_tutorial/static/kit/state.js";

/** @typedef {import("../../../autograd_tutorial/static/kit/state.js").Choice} Choice */
/** @typedef {import("../../../autograd_tutorial/static/kit/state.js").Slider} Slider */

/** @type {Slider} */
const RATE = { name: "lr", label: "Learning rate", value: 1e-5, ends: [1e-7, 1], step: 0.0625, log: true, play: false, pace: null };
/** @type {Slider} */
const STEP = { name: "step", label: "Steps", value: 200, ends: [0, 200], step: 1, log: false, play: true, pace: null };
/** @type {Choice} */
const LOSS = { name: "loss", label: "Loss", options: ["mse", "rmse"], value: "mse" };

/** @type {Map<number, () => void>} */
const frames = new Map();
let asked = 0;
globalThis.requestAnimationFrame = (/** @type {FrameRequestCallback} */ act) => {
  frames.set(++asked, () => act(0));
  return asked;
};
globalThis.cancelAnimationFrame = (/** @type {number} */ frame) => void frames.delete(frame);

/** What a browser does before it paints. */
function paint() {
  const due = [...frames.values()];
  frames.clear();
  for (const act of due) act();
}

beforeEach(() => frames.clear());

test("every stop of a slider has a value that leads back to it", () => {
  for (const control of [RATE, STEP]) {
    const stops = Array.from({ length: lastStop(control) + 1 }, (_, stop) => stop);
    assert.deepEqual(stops.map((stop) => stopOf(control, valueAt(control, stop))), stops);
  }
  assert.deepEqual([lastStop(RATE), valueAt(RATE, 32), lastStop(STEP), valueAt(STEP, 7)], [112, 1e-5, 200, 7]);
});

test("a value has no more digits than its step", () => {
  assert.equal(valueAt({ ...STEP, ends: [-2.5, 2.5], step: 0.1 }, 28), 0.3);
});

test("a value between stops goes to the nearest, one outside to the end", () => {
  assert.deepEqual([6.6, -3, 1e9].map((value) => stopOf(STEP, value)), [7, 0, 200]);
  assert.deepEqual([1e-300, 3e-5, 5].map((value) => stopOf(RATE, value)), [0, 40, 112]);
});

test("a state starts where Python says and comes back on reset", () => {
  const state = new State([RATE, STEP, LOSS]);
  assert.deepEqual({ ...state.values }, { lr: 1e-5, step: 200, loss: "mse" });
  assert.equal(state.stop("lr"), 32);
  state.set("lr", 1e-7);
  state.set("loss", "rmse");
  state.reset();
  assert.deepEqual({ ...state.values }, { lr: 1e-5, step: 200, loss: "mse" });
});

test("a slider stands at a stop, whatever it is set to", () => {
  const state = new State([RATE, STEP]);
  state.set("lr", 3e-5);
  state.set("step", 1e9);
  assert.deepEqual({ ...state.values }, { lr: valueAt(RATE, 40), step: 200 });
});

test("however many changes there are, a picture is drawn once a frame", () => {
  const state = new State([RATE, STEP]);
  let drawn = 0;
  state.listeners.add(() => drawn++);
  for (let stop = 0; stop < 50; stop++) state.set("step", stop);
  state.set("lr", 1e-3);
  assert.deepEqual([frames.size, drawn], [1, 0]);
  paint();
  assert.deepEqual([frames.size, drawn], [0, 1]);
  state.set("step", 50);
  paint();
  assert.equal(drawn, 2);
});

test("a value that is there already changes nothing", () => {
  const state = new State([STEP]);
  state.set("step", 200);
  assert.equal(frames.size, 0);
});

test("a change is written on to all but the one it comes from", () => {
  const state = new State([STEP]);
  /** @type {unknown[][]} */
  const heard = [];
  const slider = (/** @type {unknown[]} */ ...words) => heard.push(["slider", ...words]);
  const kernel = (/** @type {unknown[]} */ ...words) => heard.push(["kernel", ...words]);
  state.writers.add(slider).add(kernel);
  state.set("step", 3, kernel);
  assert.deepEqual(heard, [["slider", "step", 3]]);
});

test("a closed state draws no more", () => {
  const state = new State([STEP]);
  state.listeners.add(() => assert.fail("drawn after it was closed"));
  state.set("step", 3);
  state.close();
  assert.equal(frames.size, 0);
  state.tell();
});
