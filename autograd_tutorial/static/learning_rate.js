import { directionBars } from "./kit/bars.js";
import { svg } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { line, lineTag, panel, pixels, points, pointInWords, tag } from "./kit/panel.js";
import { ended, finding, nowOf } from "./kit/runs.js";

/** @typedef {import("./kit/panel.js").Panel} Panel */
/** @typedef {import("./kit/runs.js").Now} Now */
/** @typedef {import("./kit/runs.js").Runs} Runs */
/** @typedef {{time: number[], speed: number[], steps: number, runs: Record<string, Runs>}} Data */

/** @type {import("./kit/host.js").Build<Data, {loss: string, time: string, lr: number, step: number}>} */
function buildLearningRate(panels, spec, arrays, state) {
  const data = spec.data;
  panels.classList.add("agt-three");
  const fit = panel(panels, { title: "The fit", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 260 });
  const losses = panel(panels, { title: "Loss", words: "Loss against step, log scale", xLabel: "step", height: 260 });
  const bars = directionBars(panels);
  const curve = curveOfFit(fit, data);
  const run = runOfLosses(losses);

  return function paint() {
    const { loss, time } = state.values;
    const key = `${loss} ${time}`;
    const runs = data.runs[key];
    for (const each of [fit.box, losses.box, bars.box]) each.hidden = Boolean(runs.error);
    if (runs.error) return { verdict: "No picture.", words: runs.error, value: "no picture" };
    const now = nowOf(arrays, runs, key, data.steps + 1, state.values);
    curve(now);
    run(now);
    bars.draw(now);
    return finding(now);
  };
}

/**
 * @param {Panel} place
 * @param {Data} data
 */
function curveOfFit(place, data) {
  const lowest = Math.min(...data.speed);
  const highest = Math.max(...data.speed);
  const room = 0.25 * (highest - lowest) || 1;
  /** @type {[number, number]} */
  const ys = [lowest - room, highest + room];
  /** @type {[number, number]} */
  const xs = [Math.min(...data.time), Math.max(...data.time)];
  const bestLine = line(place.plot, "best");
  const presentLine = line(place.plot, "present");
  const bestTag = lineTag(place.over, "best");
  const presentTag = lineTag(place.over, "present");
  const outside = tag(place.over, "present");
  let preds = /** @type {(number | undefined)[]} */ ([]);
  const dots = points(place, data.time.length, (i) => {
    return pointInWords(data.time[i], data.speed[i], preds[i]);
  });

  /** @param {Now} now */
  return function draw({ runs, errors, at, exploded }) {
    const frame = place.axes(xs, ys);
    const values = runs.base.map((base, i) => errors.reduce((sum, error, k) => sum + error * runs.basis[k][i], base));
    preds = runs.measured.map((i) => (i === null ? undefined : values[i]));
    presentLine.draw(runs.times, values, frame, runs.curve);
    bestLine.draw(runs.times, runs.best ?? [], frame, runs.best ? runs.curve : 0);
    dots.draw(data.time, data.speed, frame);
    const marks = pixels(data.time, data.speed, frame, data.time.length);
    const best = pixels(runs.times, runs.best ?? [], frame, runs.best ? runs.curve : 0);
    const now = pixels(runs.times, values, frame, runs.curve);
    const words = exploded ? "before it exploded" : `after ${plural(at, "step")}`;
    const taken = presentTag(words, now, [...marks, ...best], frame);
    outside.show(!taken.length);
    if (!taken.length) outside.put(frame.width / 2, 14, `${words}: outside`);
    bestTag("best possible", best, [...marks, ...now, ...taken], frame);
  };
}

/** @param {Panel} place */
function runOfLosses(place) {
  const rest = line(place.plot, "rest");
  const floorLine = line(place.plot, "best");
  const present = line(place.plot, "present");
  const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
  const floorTag = tag(place.over, "best", "end");
  const nowTags = [tag(place.over, "present", "start"), tag(place.over, "present", "end")];

  /** @param {Now} now */
  return function draw({ loss, all, count, at, runs, exploded }) {
    const last = all.length - 1;
    const lowest = Math.min(...all.subarray(0, count), runs.floor ?? Infinity);
    const log = all[0] > 0 && (lowest > 0 || runs.floor !== null);
    place.entitle(log ? `Loss (${loss}, log scale)` : `Loss (${loss})`);
    const frame = place.axes([0, Math.max(1, last)], log ? powersOf(all[0], lowest) : spanOf(all[0], lowest), log);
    const steps = Array.from(all, (_, i) => i);
    rest.draw(steps, all, frame, count);
    present.draw(steps, all, frame, at + 1);
    const floor = runs.floor;
    const level = floor === null ? 0 : Math.min(frame.height - 20, frame.y(Math.max(floor, 1e-300)));
    floorTag.show(floor !== null);
    floorLine.draw([0, last], floor === null ? [] : [floor, floor], frame, floor === null ? 0 : 2);
    if (floor !== null) floorTag.put(frame.width, level + 17, `best possible ${figure(floor)}`);
    const y = Math.max(0, Math.min(frame.height, frame.y(all[at])));
    dot.setAttribute("cx", frame.x(at).toFixed(1));
    dot.setAttribute("cy", y.toFixed(1));
    place.remark(exploded ? `${ended(all[count])} at step ${count + 1}: loss is ${figure(all[count])}` : "");
    const late = frame.x(at) > frame.width / 2 ? 1 : 0;
    nowTags.forEach((each, side) => each.show(side === late && !exploded));
    nowTags[late].put(frame.x(at) + (late ? 6 : 10), y < 26 ? y + 22 : y - 12, `${figure(all[at])} now`);
  };
}

/**
 * What a log axis shows: down to the lowest, at most nine powers of ten, and up to where an explosion is seen to rise.
 * @param {number} first
 * @param {number} lowest
 * @returns {[number, number]}
 */
function powersOf(first, lowest) {
  return [Math.max(lowest, first * 1e-9) / 4, Math.max(first, lowest) * 30];
}

/**
 * @param {number} first
 * @param {number} lowest
 * @returns {[number, number]}
 */
function spanOf(first, lowest) {
  const room = 0.2 * (first - lowest) || Math.abs(first) || 1;
  return [lowest - room, first + room];
}

wake("learning_rate", buildLearningRate);
export default widget(buildLearningRate);
