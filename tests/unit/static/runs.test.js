import assert from "node:assert/strict";
import { test } from "node:test";
import { finding, nowOf } from "../../../autograd_tutorial/static/kit/runs.js";

/** @typedef {import("../../../autograd_tutorial/static/kit/runs.js").Runs} Runs */

const NAMES = ["steep", "middle", "flat"];
const LONG = Array.from({ length: 10 }, () => 9);

/**
 * What a picture says at the last step of a run with these losses, whose errors along each direction began at 1.
 * @param {number[]} losses
 * @param {number[][]} errors at the last step but one, and at the last; a number for each direction
 * @param {Partial<Runs>} facts
 */
function said(losses, errors, facts = {}) {
  const last = losses.length - 1;
  const directions = errors[0].map((_, k) => ({ name: NAMES[k], curvature: 10 ** -k, start: 1 }));
  const along = directions.map((_, k) => [Float32Array.from(losses, (_, step) => errors[step < last ? 0 : 1][k])]);
  const runs = { losses: [Float32Array.from(losses)], errors: along, floor: 1, edge: 2, directions, ...facts };
  return finding(nowOf(runs, 0, last));
}

test("a run that has not begun says where it stands", () => {
  const { verdict, words } = said([25824], [[1, 1, 1], [1, 1, 1]]);
  assert.equal(`${verdict} ${words}`, "Not started. The mse is 25,824; the best possible is 1.000.");
});

test("a stuck run names the directions that are learned, and those that have hardly begun", () => {
  const stuck = said([90, ...LONG, 9], [[0, 0.01, 0.99], [0, 0.01, 0.99]]);
  assert.deepEqual(stuck, {
    verdict: "Stuck.",
    words: "After 11 steps the mse is 9.000; the best possible is 1.000. The steep and the middle directions are learned, the flat one has hardly begun.",
    value: "after 11 steps, loss 9.000",
    edge: 2,
  });
  assert.match(said([90, ...LONG, 9], [[0, 1, 1], [0, 1, 1]]).words, /The steep direction is learned, the middle and the flat ones have hardly begun\.$/);
  const slow = said([...LONG, 9], [[1, 1, 1], [1, 1, 1]]);
  assert.equal(slow.verdict, "Slow.");
  assert.match(slow.words, /The steep, the middle and the flat directions have hardly begun\.$/);
});

test("a run that jumps across the bottom says so, whether it grows or not", () => {
  for (const [last, verdict] of /** @type {[number, string][]} */ ([[9, "Bouncing."], [99, "Growing."]])) {
    const { words, ...rest } = said([90, ...LONG, last], [[-1, 0, 0], [1, 0, 0]]);
    assert.equal(rest.verdict, verdict);
    assert.match(words, /Each step jumps across the bottom of the steep direction\.$/);
  }
});

test("a run that explodes names the step, and the edge where one is known", () => {
  const errors = [[1], [1]];
  const { verdict, words, value } = said([9, 90, Infinity, NaN], errors);
  assert.equal(verdict, "Exploded after 2 steps: loss is inf.");
  assert.equal(words, "Rates past 2/λmax = 2.00 make the error along the steep direction grow at every step.");
  assert.equal(value, "after 3 steps, exploded after 2 steps: loss is inf");
  assert.equal(said([9, Infinity], errors, { edge: null }).words, "");
  assert.equal(said([9, NaN], errors).verdict, "Broke off after 1 step: loss is nan.");
});

test("without a floor or directions it tells what the loss alone tells", () => {
  const facts = { floor: null, edge: null };
  assert.equal(said([9, 3], [[], []], facts).words, "After 1 step the mse is 3.000.");
  assert.deepEqual([[9, 3], [9, 9], [3, 9]].map((losses) => said(losses, [[], []], facts).verdict), ["Learning.", "Settled.", "Wandering."]);
});
