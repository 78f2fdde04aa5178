import { train } from "./linear.js";
import { figure, listed, plural, scientific } from "./numbers.js";

/** @typedef {Float32Array | Float64Array} Numbers as PyTorch packed them, or as the page trained them */
/** @typedef {{name: string, curvature: number, start: number}} Direction an eigenvector of the Hessian, and the error along it at the start */
/**
 * A run at each rate, or of each racer, with one loss over one kind of times: its losses, and by direction its errors.
 * @typedef {{losses: Numbers[], errors: Numbers[][], floor: number | null, edge: number | null, directions: Direction[]}} Runs
 */
/**
 * One run after some of its steps: `step` is what was asked for, `at` how far it lives.
 * @typedef {{loss: string, step: number, at: number, all: Numbers, count: number, errors: number[], before: number[], runs: Runs,
 *   exploded: boolean}} Now
 */

/**
 * The runs that are kept, each by a name that tells it apart; those that stand beside what is shown; and what there is to say of them.
 * @param {import("./state.js").State} state
 * @param {string} by the choice of which only those stand beside it that have the same
 * @param {string} others what becomes of the others
 */
export function keptRuns({ kept, values }, by, others) {
  const told = { step: (/** @type {unknown} */ step) => plural(Number(step), "step"), loss: String, time: String };
  const apart = Object.entries(told).filter(([name]) => new Set(kept.map((run) => run.values[name])).size > 1);
  const names = kept.map(({ values: own }) => [`lr ${scientific(Number(own.lr))}`, ...apart.map(([name, say]) => say(own[name])), own.pulled && "pulled", own.start && "moved"].filter(Boolean).join(", "));
  const all = kept.map((run, i) => ({ ...run, words: new Set(names).size < names.length ? `${names[i]} (${i + 1})` : names[i] }));
  const beside = all.filter((run) => run.values[by] === values[by]);
  const list = (/** @type {string} */ what, /** @type {typeof all} */ runs) => (runs.length ? `${what}: ${runs.map(({ words }) => words).join("; ")}. ` : "");
  return { all, beside, said: list("Pale", beside) + list(others, all.filter((run) => !beside.includes(run))) };
}

export const HERE = "Trained in this page, in float64.";

/**
 * A run as far as a step.
 * @param {Runs} runs
 * @param {number} run which of them
 * @param {number} step
 * @param {string} [loss] its name
 * @returns {Now}
 */
export function nowOf(runs, run, step, loss = "mse") {
  const all = runs.losses[run];
  const end = all.findIndex((value) => !Number.isFinite(value));
  const count = end < 0 ? all.length : end;
  const at = Math.min(step, count - 1);
  const [errors, before] = [at, Math.max(0, at - 1)].map((then) => errorsAt(runs, run, then));
  return { loss, step, at, all, count, errors, before, runs, exploded: step >= count };
}

/**
 * What the runs have come from and come to, by one run that is trained here: at another rate, or from another start.
 * Along the directions the mse is its floor and half of each curvature times the error squared; nothing else is needed.
 * @param {Runs} runs that have directions and a floor
 * @param {number} lr
 * @param {boolean} root the rmse, not the mse
 * @param {number[]} [start] the errors where it begins
 * @returns {Runs}
 */
export function trainedHere(runs, lr, root, start = runs.directions.map((each) => each.start)) {
  const count = runs.directions.length + 1;
  const row = (/** @type {number} */ k, /** @type {number} */ size) => runs.directions.map((_, j) => (j === k ? size : 0));
  const X = [...runs.directions.map(({ curvature }, k) => row(k, Math.sqrt((curvature * count) / 2))), row(-1, 0)];
  const floor = (runs.floor ?? 0) ** (root ? 2 : 1);
  const { losses, path } = train({ X, y: X.map((_, i) => (i < count - 1 ? 0 : Math.sqrt(floor * count))) }, start, lr, runs.losses[0].length - 1, root);
  const directions = runs.directions.map((each, k) => ({ ...each, start: start[k] }));
  return { ...runs, directions, losses: [losses], errors: start.map((_, k) => [Float64Array.from(path, (p) => p[k])]) };
}

/**
 * How far a run is from the best params after some steps, along each direction.
 * @param {Runs} runs
 * @param {number} run
 * @param {number} at
 */
export function errorsAt({ errors }, run, at) {
  return errors.map((along) => along[run][at]);
}

/**
 * What is left of the error along each direction, as a share of what it was at the start.
 * @param {Runs} runs
 * @param {number[]} errors
 */
export function shares(runs, errors) {
  return runs.directions.map(({ start }, k) => (start ? Math.abs(errors[k] / start) : 0));
}

/**
 * What ended a run whose loss is no number any more.
 * @param {number} loss
 */
export function ended(loss) {
  return Number.isNaN(loss) ? "broke off" : "exploded";
}

/**
 * What a run has come to.
 * @param {Now} now
 * @returns {import("./host.js").Finding}
 */
export function finding(now) {
  const { loss, step, at, all, count, runs, exploded } = now;
  const value = figure(all[at]);
  const edge = runs.edge;
  const goal = runs.floor === null ? "" : `; the best possible is ${figure(runs.floor)}`;
  if (exploded) {
    const broke = ended(all[count]);
    const lost = `${broke} after ${plural(count, "step")}: loss is ${figure(all[count])}`;
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
  if (floor !== null && left <= (floor > 1e-12 * all[0] ? 0.01 * floor : 1e-7 * all[0])) return { verdict: "Learned.", why: "" };
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
