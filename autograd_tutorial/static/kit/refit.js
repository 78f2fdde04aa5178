import { NO_CURVE } from "./curve.js";
import { pulling } from "./hands.js";
import { lossAt, spectrum, train } from "./linear.js";
import { plural } from "./numbers.js";
import { HERE } from "./runs.js";

/**
 * Runs with what draws the curve of each: its predictions are `base`, the best possible where these are known, and its
 * errors times `basis`. The first `curve` of `times` make up a curve; `measured`: at which of them each point is.
 * @typedef {{runs: import("./runs.js").Runs, times: number[], curve: number, measured: (number | null)[], base: ArrayLike<number>,
 *   basis: ArrayLike<number>[], start: number[] | null}} Fits `start`: the params that a polynomial of time starts from
 */
/** @typedef {import("./hands.js").Measured} Measured */

/**
 * Points that a hand may pull and rates between the stops, where the page can train them, or a kernel.
 * @param {import("./state.js").State} state
 * @param {Measured} data as given
 * @param {(Fits | {error: string})[]} all that were computed ahead
 */
export function retraining(state, data, all) {
  const known = all.every((each) => "runs" in each && each.runs.directions.length > 0 && each.start);
  const hands = known || state.kernel ? pulling(state, data) : null;
  if (hands) state.free.add("lr");

  /**
   * What there is for the present points and rate.
   * @template {Fits | {error: string}} Given
   * @param {Given} given what was computed ahead @param {string} loss @param {string} kind of times
   */
  function fitsOf(given, loss, kind) {
    const measured = hands?.now() ?? data;
    const lr = Number(state.values.lr);
    const changed = !!state.values.pulled || state.between("lr");
    state.wanted = changed ? { ...measured, lr, loss, kind } : null;
    const answer = changed && state.answer?.key === JSON.stringify(state.wanted) ? state.answer : null;
    const theirs = /** @type {Fits | undefined} */ (answer?.data);
    const mine = changed && known && !("error" in given) ? refitted(given, measured, lr, loss, kind) : undefined;
    const who = theirs ? "Trained by PyTorch, in float64." : answer?.error ?? (mine ? HERE : "PyTorch trains.");
    const fits = /** @type {Fits | Given} */ (theirs ?? mine ?? given);
    return { fits, measured, run: fits === given ? state.stop("lr") : 0, own: changed ? who : "", trouble: theirs && mine ? apart(mine, theirs) : "" };
  }
  return { hold: hands?.hold, fitsOf };
}

/**
 * Draw what a run has come to over its points.
 * @param {ReturnType<typeof import("./curve.js").curvesOver>} draw
 * @param {Fits} fits
 * @param {import("./runs.js").Now} now
 * @param {Measured} measured
 * @param {import("./state.js").Kept[]} kept
 * @returns {{xs: number[], ys: number[]}} its curve
 */
export function drawFit(draw, { times, curve, measured: at, base, basis }, now, measured, kept) {
  const preds = Array.from(base, (best, i) => now.errors.reduce((sum, error, k) => sum + error * basis[k][i], best));
  const [present, best] = [preds, Array.from(base)].map((ys) => ({ xs: times.slice(0, curve), ys }));
  const words = now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`;
  draw({ ...present, words }, now.runs.floor === null ? NO_CURVE : { ...best, words: "best possible" }, at.map((i) => (i === null ? undefined : preds[i])), measured, kept);
  return present;
}

/**
 * What to say where the page and PyTorch do not agree.
 * @param {Fits} mine @param {Fits} theirs
 */
function apart(mine, theirs) {
  const [here, there] = [mine, theirs].map(({ runs }) => runs.losses[0]);
  const end = there.findIndex((loss) => !Number.isFinite(loss));
  const off = here.findIndex((loss, i) => (i === end ? Number.isFinite(loss) : (end < 0 || i < end) && !(Math.abs(loss - there[i]) <= 1e-6 * Math.abs(there[i]))));
  return off < 0 ? "" : `This page and PyTorch disagree at step ${off}: ${here[off]} and ${there[off]}.`;
}

/**
 * The same for points that were pulled and at any rate, by one run that is trained here.
 * @param {Fits} fits whose predictions are polynomials of time
 * @param {Measured} measured
 * @param {number} lr @param {string} loss @param {string} kind of times
 * @returns {Fits}
 */
function refitted({ runs, times, curve, start: given }, { time, speed }, lr, loss, kind) {
  const start = given ?? [];
  const mean = kind === "raw" ? 0 : time.reduce((sum, t) => sum + t, 0) / time.length;
  const width = kind === "raw" ? 1 : Math.sqrt(time.reduce((sum, t) => sum + (t - mean) ** 2, 0) / time.length);
  const rowAt = (/** @type {number} */ t) => start.map((_, k) => ((t - mean) / width) ** (start.length - 1 - k));
  const along = (/** @type {number[]} */ row, /** @type {number[]} */ way) => row.reduce((sum, each, j) => sum + each * way[j], 0);
  const problem = { X: time.map(rowAt), y: speed };
  const { curvatures, directions, best } = spectrum(problem);
  const { losses, path } = train(problem, start, lr, runs.losses[0].length - 1, loss === "rmse");
  const errors = path.map((p) => directions.map((way) => along(p.map((each, j) => each - best[j]), way)));
  const all = [...times.slice(0, curve), ...time];
  const rows = all.map(rowAt);
  return {
    runs: {
      losses: [losses],
      errors: directions.map((_, k) => [Float64Array.from(errors, (each) => each[k])]),
      floor: lossAt(problem, best, loss === "rmse"),
      edge: loss === "mse" ? 2 / curvatures[0] : null,
      directions: runs.directions.map(({ name }, k) => ({ name, curvature: curvatures[k], start: errors[0][k] })),
    },
    times: all,
    curve,
    measured: time.map((_, i) => curve + i),
    base: rows.map((row) => along(row, best)),
    basis: directions.map((way) => rows.map((row) => along(row, way))),
    start,
  };
}
