import { svg } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, scientific } from "./kit/numbers.js";
import { line, panel, tag } from "./kit/panel.js";
import { ended, finding, nowOf } from "./kit/runs.js";

/** @typedef {import("./kit/panel.js").Frame} Frame */
/** @typedef {import("./kit/panel.js").Line} Line */
/** @typedef {import("./kit/panel.js").Panel} Panel */
/** @typedef {import("./kit/panel.js").Tag} Tag */
/** @typedef {import("./kit/runs.js").Now} Now */
/** @typedef {import("./kit/runs.js").Runs} Runs */
/** @typedef {{steps: number, runs: Record<string, Runs>, finds: Record<string, number | null>}} Data */

const POWERS = /** @type {[number, number]} */ ([-7.4, 0.6]); // of ten: what the slider reaches, with a little room

/** @type {import("./kit/host.js").Build<Data, {lr: number, time: string, begin: string}>} */
function buildLearner(panels, spec, arrays, state) {
  const data = spec.data;
  panels.classList.add("agt-two");
  panels.style.gridTemplateColumns = "repeat(auto-fit, minmax(min(100%, 300px), 1fr))"; // both of one width, or one below the other
  const search = searchOf(panel(panels, { title: "lr_find: smoothed mse", words: "Smoothed mse against the power of ten of the learning rate", xLabel: "learning rate, power of ten", height: 280 }));
  const run = runOfTraining(panel(panels, { title: "Training", words: "Loss against step, log scale", xLabel: "step", height: 280 }));

  return function paint() {
    const { lr, time, begin } = state.values;
    const key = `mse ${time}`;
    const runs = data.runs[key];
    const now = nowOf(arrays, runs, key, data.steps + 1, { loss: "mse", lr, step: data.steps });
    const rate = state.number("lr");
    const found = data.finds[`find ${time} ${begin}`];
    search(arrays[`find ${time} ${begin}`], found, runs.edge, rate);
    run(now, rate);
    const said = finding(now);
    return { ...said, words: `${said.words} ${suggestion(found, runs.edge)}`.trim() };
  };
}

/**
 * @param {number | null} found
 * @param {number | null} edge
 */
function suggestion(found, edge) {
  if (found === null) return "lr_find finds no way down.";
  const ratio = edge === null ? 0 : edge / found;
  const where = !ratio ? "" : ratio >= 1 ? `, ${figure(ratio, 2)} times below the edge` : `, ${figure(1 / ratio, 2)} times above the edge`;
  return `lr_find suggests ${scientific(found)}${where}.`;
}

/**
 * The losses of the search, where it suggests to be, where the edge is, and the rate that was chosen.
 * @param {Panel} place
 */
function searchOf(place) {
  const curve = line(place.plot, "data");
  const wall = line(place.plot, "best");
  const chosen = line(place.plot, "present");
  const spot = svg("circle", { class: "agt-dot", r: 6 }, place.over);
  const [edgeTag, spotTag, chosenTag] = ["best", "data", "present"].map((kind) => tag(place.over, kind));

  /** @param {Float32Array} both @param {number | null} found @param {number | null} edge @param {number} rate */
  return function draw(both, found, edge, rate) {
    const count = both.length / 2;
    const [powers, losses] = [both.subarray(0, count), both.subarray(count)];
    const frame = place.axes(POWERS, [0, 1.3 * losses[0]]);
    const known = losses.findIndex((loss) => !Number.isFinite(loss));
    curve.draw(powers, losses, frame, known < 0 ? count : known);
    upright(wall, edge, frame);
    upright(chosen, rate, frame);
    edgeTag.show(edge !== null);
    if (edge !== null) beside(edgeTag, "edge", frame.x(Math.log10(edge)), 14, frame);
    beside(chosenTag, "chosen", frame.x(Math.log10(rate)), frame.height - 8, frame);
    spot.toggleAttribute("hidden", found === null);
    spotTag.show(found !== null);
    if (found === null) return;
    const power = Math.log10(found);
    const near = powers.reduce((best, at, i) => (Math.abs(at - power) < Math.abs(powers[best] - power) ? i : best), 0);
    const [x, y] = [frame.x(power), frame.y(losses[near])];
    spot.setAttribute("cx", x.toFixed(1));
    spot.setAttribute("cy", y.toFixed(1));
    const below = x > 84; // under the curve, to the left, where there is room, or else above it
    beside(spotTag, "suggested", x, below ? Math.min(frame.height - 26, y + 22) : y - 6, frame, below ? -1 : 1);
  };
}

/**
 * A line from the bottom to the top at one rate.
 * @param {Line} mark
 * @param {number | null} rate
 * @param {Frame} frame
 */
function upright(mark, rate, frame) {
  const x = rate === null ? 0 : frame.x(Math.log10(rate));
  mark.draw([x, x], [0, frame.height], { ...frame, x: Number, y: Number }, rate === null ? 0 : 2);
}

/**
 * A word beside an upright line: to the right where there is room, or else to the left; the other way round for -1.
 * @param {Tag} label
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {Frame} frame
 * @param {number} [first] the side that it would rather stand on
 */
function beside(label, words, x, y, frame, first = 1) {
  const half = 3.9 * words.length;
  const fits = [first, -first].find((side) => x + side * (2 * half + 8) > 0 && x + side * (2 * half + 8) < frame.width) ?? first;
  const middle = x + fits * (half + 8);
  label.put(Math.max(half, Math.min(frame.width - half, middle)), y, words);
}

/**
 * What training at the chosen rate comes to.
 * @param {Panel} place
 */
function runOfTraining(place) {
  const floorLine = line(place.plot, "best");
  const present = line(place.plot, "present");
  const [floorTag, nowTag] = [tag(place.over, "best", "end"), tag(place.over, "present", "end")];

  /** @param {Now} now @param {number} rate */
  return function draw({ all, count, at, runs, exploded }, rate) {
    const last = all.length - 1;
    const floor = runs.floor ?? 0;
    const lowest = Math.max(Math.min(...all.subarray(0, count), floor || Infinity), all[0] * 1e-9);
    const frame = place.axes([0, Math.max(1, last)], [lowest / 4, all[0] * 30], true);
    place.entitle(`Training at ${scientific(rate)}`);
    place.remark(exploded ? `${ended(all[count])} at step ${count + 1}` : "");
    present.draw(Array.from(all, (_, i) => i), all, frame, at + 1);
    floorLine.draw([0, last], [floor, floor], frame, floor > 0 ? 2 : 0);
    floorTag.show(floor > 0);
    if (floor > 0) floorTag.put(frame.width, Math.min(frame.height - 6, frame.y(floor) + 17), `best possible ${figure(floor)}`);
    nowTag.show(!exploded);
    const highest = Math.min(frame.y(all[at]), frame.y(all[Math.round(at / 2)])); // of the curve below the words
    nowTag.put(frame.width - 4, Math.max(14, Math.min(frame.height - 6, highest) - 10), `${figure(all[at])} in the end`);
  };
}

wake("learner", buildLearner);
export default widget(buildLearner);
