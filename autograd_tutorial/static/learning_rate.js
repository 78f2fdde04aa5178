import { html, svg, write } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, listed, plural } from "./kit/numbers.js";
import { line, lineTag, panel, pixels, points, pointInWords, tag } from "./kit/panel.js";

/**
 * One set of runs: every rate, with one loss and one time.
 * @typedef {{error?: string, times: number[], curve: number, measured: (number | null)[], base: number[], basis: number[][],
 *   best: number[] | null, floor: number | null, edge: number | null,
 *   directions: {name: string, curvature: number, start: number}[]}} Runs
 */
/** @typedef {{time: number[], speed: number[], steps: number, runs: Record<string, Runs>}} Data */

/** @type {import("./kit/host.js").Build} */
function buildLearningRate(panels, spec, arrays, state) {
  /** @type {Data} */
  const data = spec.data;
  panels.classList.add("agt-three");
  const fit = panel(panels, { title: "The fit", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 260 });
  const losses = panel(panels, { title: "Loss", words: "Loss against step, log scale", xLabel: "step", height: 260 });
  const bars = directionBars(panels);
  const curve = curveOfFit(fit, data);
  const run = runOfLosses(losses);

  return function paint() {
    const { loss, time, lr, step } = state.values;
    const key = `${loss} ${time}`;
    const runs = data.runs[key];
    for (const each of [fit.box, losses.box, bars.box]) each.hidden = Boolean(runs.error);
    if (runs.error) return { verdict: "No picture.", words: runs.error, value: "no picture" };
    const plane = arrays[`${key} losses`];
    const all = plane.subarray(lr * (data.steps + 1), (lr + 1) * (data.steps + 1));
    const alive = all.findIndex((value) => !Number.isFinite(value));
    const count = alive < 0 ? all.length : alive;
    const at = Math.min(step, count - 1);
    const errorsThen = (/** @type {number} */ then) => errorsAt(arrays[`${key} errors`], runs, data.steps + 1, lr, then);
    const [errors, before] = [errorsThen(at), errorsThen(Math.max(0, at - 1))];
    const now = { loss, step, at, all, count, errors, before, runs, exploded: step >= count };
    curve(now);
    run(now);
    bars.draw(now);
    return finding(now);
  };
}

/**
 * @typedef {{loss: string, step: number, at: number, all: Float32Array, count: number, errors: number[], before: number[], runs: Runs,
 *   exploded: boolean}} Now
 */

/**
 * How far the run is from the best params, along each direction.
 * @param {Float32Array} plane
 * @param {Runs} runs
 * @param {number} length
 * @param {number} lr
 * @param {number} at
 */
function errorsAt(plane, runs, length, lr, at) {
  const rates = plane.length / length / runs.basis.length;
  return runs.basis.map((_, k) => plane[(k * rates + lr) * length + at]);
}

/**
 * @param {ReturnType<typeof panel>} place
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

/** @param {ReturnType<typeof panel>} place */
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

// Beside an error that explodes, a float32 has no digits left for one this much smaller.
const ROUNDING = 4e-6;

/** @param {Element} panels */
function directionBars(panels) {
  const box = html("div", { class: "agt-panel" }, panels);
  const title = html("div", { class: "agt-title" }, box);
  html("strong", { text: "Left to learn" }, title);
  html("span", { class: "agt-note", text: "by direction" }, title);
  const list = html("div", { class: "agt-bars" }, box);
  let shown = /** @type {unknown} */ (null);
  let rows = /** @type {{left: HTMLElement, fill: HTMLElement}[]} */ ([]);

  /** @param {Runs} runs */
  function fill(runs) {
    list.replaceChildren();
    if (!runs.directions.length) {
      html("p", { class: "agt-bar-foot", text: "Directions need a model that is linear in its params, and mse or rmse." }, list);
    }
    rows = runs.directions.map(({ name, curvature }) => {
      const bar = html("div", { class: "agt-bar" }, list);
      const head = html("div", { class: "agt-bar-head" }, bar);
      html("strong", { text: name }, head);
      const left = html("span", {}, head);
      const fill = html("div", { class: "agt-bar-fill" }, html("div", { class: "agt-bar-track" }, bar));
      html("div", { class: "agt-bar-foot", text: `λ = ${figure(curvature, 4)}` }, bar);
      return { left, fill };
    });
    shown = runs;
  }

  /** @param {Now} now */
  function draw({ runs, errors }) {
    if (shown !== runs) fill(runs);
    const largest = Math.max(...errors.map(Math.abs));
    shares(runs, errors).forEach((share, k) => {
      const over = share > 1.0005;
      const lost = over && Math.abs(errors[k]) < ROUNDING * largest;
      const percent = Math.min(100, 100 * share);
      const left = over ? `${figure(share, 3)} × start` : `${percent.toFixed(percent > 99.95 || percent < 0.05 ? 0 : 1)}% left`;
      write(rows[k].left, lost ? "lost in rounding" : left);
      rows[k].fill.style.width = `${lost || percent < 0.05 ? 0 : percent}%`;
      rows[k].fill.classList.toggle("agt-over", over);
    });
  }
  return { box, draw };
}

/**
 * What is left of the error along each direction, as a share of what it was at the start.
 * @param {Runs} runs
 * @param {number[]} errors
 */
function shares(runs, errors) {
  return runs.directions.map(({ start }, k) => (start ? Math.abs(errors[k] / start) : 0));
}

/**
 * What ended a run whose loss is no number any more.
 * @param {number} loss
 */
function ended(loss) {
  return Number.isNaN(loss) ? "broke off" : "exploded";
}

/** @param {Now} now */
function finding(now) {
  const { loss, step, at, all, count, runs, exploded } = now;
  const value = figure(all[at]);
  const edge = runs.edge;
  const goal = runs.floor === null ? "" : `; the best possible is ${figure(runs.floor)}`;
  if (exploded) {
    const broke = ended(all[count]);
    const lost = `${broke} at step ${count + 1}: loss is ${figure(all[count])}`;
    const past = edge && broke === "exploded" ? `Rates past 2/λmax = ${figure(edge, 3)} make the error along the steep direction grow at every step.` : "";
    return { verdict: `${lost[0].toUpperCase()}${lost.slice(1)}.`, words: past, value: `after ${plural(step, "step")}, ${lost}`, edge };
  }
  const spoken = `after ${plural(step, "step")}, loss ${value}`;
  if (!step) return { verdict: "Not started.", words: `The ${loss} is ${value}${goal}.`, value: spoken, edge };
  const { verdict, why } = judged(now);
  return { verdict, words: `After ${plural(step, "step")} the ${loss} is ${value}${goal}. ${why}`.trim(), value: spoken, edge };
}

/**
 * What a run is doing. It goes by the last ten steps, and by what is left: all that is above the floor, or,
 * where no floor is known, what has been learned so far.
 * @param {Now} now
 * @returns {{verdict: string, why: string}}
 */
function judged({ at, all, errors, before, runs }) {
  const floor = runs.floor;
  const left = floor === null ? all[0] - all[at] : all[at] - floor;
  const window = Math.min(10, at);
  const gained = all[at - window] - all[at];
  if (floor !== null && left <= 0.01 * floor + 1e-7 * all[0]) return { verdict: "Learned.", why: "" };
  const crosses = runs.directions.length > 0 && errors[0] * before[0] < 0 && Math.abs(errors[0]) > 0.9 * Math.abs(before[0]);
  const why = crosses ? "Each step jumps across the bottom of the steep direction." : "";
  if (all[at] > all[0]) return { verdict: runs.edge ? "Growing." : "Wandering.", why };
  if (gained > 0.001 * window * Math.abs(left)) return { verdict: "Learning.", why: "" };
  if (crosses || gained < -0.001 * window * Math.abs(left)) return { verdict: "Bouncing.", why };
  const learned = shares(runs, errors).some((share) => share < 0.05);
  const verdict = floor === null ? "Settled." : learned || !runs.directions.length ? "Stuck." : "Slow.";
  return { verdict, why: directionsInWords(runs, errors) };
}

/**
 * @param {Runs} runs
 * @param {number[]} errors
 */
function directionsInWords(runs, errors) {
  const left = shares(runs, errors);
  const named = (/** @type {(share: number) => boolean} */ test) =>
    runs.directions.filter((_, k) => test(left[k])).map(({ name }) => `the ${name}`);
  const learned = named((share) => share < 0.05);
  const waiting = named((share) => share > 0.95);
  const parts = [];
  if (learned.length) parts.push(`${listed(learned)} ${learned.length > 1 ? "directions are" : "direction is"} learned`);
  const what = learned.length ? "one" : "direction";
  if (waiting.length) parts.push(`${listed(waiting)} ${waiting.length > 1 ? `${what}s have` : `${what} has`} hardly begun`);
  const said = parts.join(", ");
  return said && `${said[0].toUpperCase()}${said.slice(1)}.`;
}

wake("learning_rate", buildLearningRate);
export default widget(buildLearningRate);
