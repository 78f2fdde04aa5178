import { svg } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { line, lineTag, panel, pixels, points, pointInWords, tag } from "./kit/panel.js";

/** @typedef {import("./kit/panel.js").Panel} Panel */
/** @typedef {{time: number[], speed: number[], low: number, high: number, steps: number, checked: number, says: Record<string, string[]>}} Faults */
/** @typedef {{printed: Float32Array, preds: Float32Array, misses: number[], at: number}} Loop what it printed, what its curve misses, both as far as they are finite; its predictions at the step that is shown */

/** @type {import("./kit/host.js").Build<Faults, {fault: string, step: number}>} */
function buildErrors(panels, spec, arrays, state) {
  const data = spec.data;
  panels.classList.add("agt-two");
  panels.style.gridTemplateColumns = "repeat(auto-fit, minmax(min(100%, 270px), 1fr))";
  partChips(panels);
  const curves = curvesOf(panel(panels, { title: "The curve", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 280 }), data);
  const losses = lossesOf(panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale", xLabel: "step", height: 280 }), data.steps);

  return function paint() {
    const { fault, step } = state.values;
    const [faulty, healthy] = [fault, "healthy"].map((name) => loopOf(arrays, data, name, step));
    curves(faulty, healthy, step);
    losses(faulty, healthy);
    return told(data.says[fault], data.checked, faulty, healthy, step);
  };
}

/**
 * The options of a long choice as buttons of their own, on as many lines as they need, above the other buttons.
 * @param {HTMLElement} panels
 */
function partChips(panels) {
  for (const group of panels.parentElement?.querySelectorAll("fieldset") ?? []) {
    Object.assign(group.style, { flexWrap: "wrap", gap: "6px", width: "100%" });
    group.parentElement?.prepend(group);
    for (const label of group.querySelectorAll("label")) Object.assign(label.style, { borderRadius: "8px", margin: "0" });
  }
}

/**
 * One loop after some of its steps.
 * @param {Record<string, Float32Array>} arrays
 * @param {Faults} data
 * @param {string} name
 * @param {number} step
 * @returns {Loop}
 */
function loopOf(arrays, { speed, steps }, name, step) {
  const [printed, all] = [arrays[`${name} printed`], arrays[`${name} preds`]];
  const n = speed.length;
  const misses = Array.from({ length: steps + 1 }, (_, k) => speed.reduce((sum, each, i) => sum + (all[k * n + i] - each) ** 2, 0) / n);
  const end = misses.findIndex((miss, k) => !Number.isFinite(miss) || !Number.isFinite(printed[k]));
  const count = end < 0 ? steps + 1 : end;
  const at = Math.min(step, count - 1);
  return { printed: printed.subarray(0, count), preds: all.subarray(at * n, (at + 1) * n), misses: misses.slice(0, count), at };
}

/**
 * @param {Panel} place
 * @param {Faults} data
 */
function curvesOf(place, { time, speed, low, high }) {
  const healthyLine = line(place.plot, "best");
  const faultyLine = line(place.plot, "present");
  const healthyTag = lineTag(place.over, "best");
  const faultyTag = lineTag(place.over, "present");
  const outside = tag(place.over, "present");
  let preds = /** @type {ArrayLike<number>} */ ([]);
  const dots = points(place, time.length, (i) => pointInWords(time[i], speed[i], preds[i]));

  /** @param {Loop} faulty @param {Loop} healthy @param {number} step */
  return function draw(faulty, healthy, step) {
    preds = faulty.preds;
    const frame = place.axes([Math.min(...time), Math.max(...time)], [low, high]);
    healthyLine.draw(time, healthy.preds, frame);
    faultyLine.draw(time, faulty.preds, frame);
    dots.draw(time, speed, frame);
    const [marks, good, bad] = [speed, healthy.preds, faulty.preds].map((ys) => pixels(time, ys, frame, time.length));
    const words = `after ${plural(step, "step")}`;
    const taken = faultyTag(words, bad, [...marks, ...good], frame);
    outside.show(!taken.length);
    outside.put(frame.width / 2, 14, `${words}: outside`);
    healthyTag("healthy", good, [...marks, ...bad, ...taken], frame);
  };
}

/**
 * @param {Panel} place
 * @param {number} last step
 */
function lossesOf(place, last) {
  const rest = line(place.plot, "rest");
  const lines = { healthy: line(place.plot, "best"), curve: line(place.plot, "data"), printed: line(place.plot, "present") };
  const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
  const tags = { printed: lineTag(place.over, "present"), curve: lineTag(place.over, "data"), healthy: lineTag(place.over, "best") };

  /** @param {Loop} faulty @param {Loop} healthy */
  return function draw(faulty, healthy) {
    const apart = faulty.misses.some((miss, k) => Math.abs(miss - faulty.printed[k]) > 0.05 * miss);
    const runs = { healthy: healthy.printed, curve: apart ? faulty.misses : [], printed: faulty.printed };
    const seen = Object.values(runs).flatMap((run) => Array.from(run).filter((value) => value > 0));
    const steps = Array.from({ length: last + 1 }, (_, k) => k);
    const frame = place.axes([0, last], [Math.min(...seen) / 2, Math.max(...seen) * 2], true);
    rest.draw(steps, runs.printed, frame, runs.printed.length);
    lines.healthy.draw(steps, runs.healthy, frame, runs.healthy.length);
    lines.printed.draw(steps, runs.printed, frame, faulty.at + 1);
    lines.curve.draw(steps, runs.curve, frame, runs.curve.length);
    dot.setAttribute("cx", frame.x(faulty.at).toFixed(1));
    dot.setAttribute("cy", frame.y(faulty.printed[faulty.at]).toFixed(1));
    const [good, curve, printed] = Object.values(runs).map((run) => pixels(steps, run, frame, run.length));
    const first = tags.printed("printed", printed, [...good, ...curve], frame);
    const second = tags.curve("of the curve", curve, [...good, ...printed, ...first], frame);
    tags.healthy("healthy", good, [...curve, ...printed, ...first, ...second], frame);
  };
}

/**
 * @param {string[]} says what `diagnose` finds
 * @param {number} checked after how many steps
 * @param {Loop} faulty
 * @param {Loop} healthy
 * @param {number} step
 * @returns {import("./kit/host.js").Finding}
 */
function told(says, checked, faulty, healthy, step) {
  const [printed, miss, good] = [faulty.printed[faulty.at], faulty.misses[faulty.at], healthy.misses[healthy.at]].map((value) => figure(value));
  const found = says.join("; ");
  const heard = `After ${plural(checked, "step")}, diagnose ${found ? `says: ${found}${found.endsWith("?") ? "" : "."}` : "finds nothing."}`;
  const exploded = faulty.at < step ? ", the last before it explodes," : "";
  const words = `After ${plural(faulty.at, "step")}${exploded} the mse of the curve is ${miss}; of the healthy one, ${good}. ${heard}`;
  return { verdict: `The loop prints ${printed}.`, words, value: `after ${plural(step, "step")}, printed ${printed}, the curve has ${miss}` };
}

wake("errors", buildErrors);
export default widget(buildErrors);
