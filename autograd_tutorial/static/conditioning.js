import { directionBars } from "./kit/bars.js";
import { curvesOver } from "./kit/curve.js";
import { html, keepLines } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { panel } from "./kit/panel.js";
import { drawFit, retraining } from "./kit/refit.js";
import { errorsAt, finding, HERE, keptRuns, nowOf, trainedHere } from "./kit/runs.js";
import { roomy } from "./kit/scales.js";
import { ends, startOf, valley } from "./kit/valley.js";

/** @typedef {Omit<import("./kit/refit.js").Fits, "runs">} Drawn */
/** @typedef {{bowls: Record<string, import("./kit/valley.js").Bowl>, fits: Record<string, Drawn>, time: number[], speed: number[]}} Data by the kind of times; the points */

/** @type {import("./kit/host.js").Build<Data, {lr: number, step: number, time: string, start: string, pulled: string}>} */
function buildConditioning(panels, data, state) {
  const { bowls, fits: drawn } = data;
  panels.classList.add("agt-two");
  keepLines(panels, 3, 5, 6);
  const { draw } = valley(panels, 380, Object.values(bowls), state);
  const side = html("div", { class: "agt-panel" }, panels);
  const bars = directionBars(side);
  const all = Object.entries(bowls).map(([kind, { runs }]) => ({ ...drawn[kind], runs }));
  const { hold, fitsOf } = retraining(state, data, all);
  const points = panel(side, { title: "The points", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 170 });
  const curves = curvesOver(points, data.time, data.speed, roomy(data.speed, 0.15), hold);

  return function paint() {
    const { lr, step, time, start } = state.values;
    const bowl = bowls[time];
    const { fits, run, measured, own, trouble } = fitsOf({ ...drawn[time], runs: bowl.runs }, "mse", time);
    const runs = start ? trainedHere(fits.runs, lr, false, startOf(fits.runs, start)) : fits.runs;
    const now = nowOf(runs, start ? 0 : run, step);
    const path = Array.from({ length: now.at + 1 }, (_, at) => ends(errorsAt(runs, start ? 0 : run, at)));
    const kept = keptRuns(state, "time", "Over other times, not drawn");
    state.snapshot = { path, xs: [], ys: [], losses: [] };
    draw({ ...bowl, runs }, start ? 0 : run, now.at, now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`, undefined, kept.beside);
    drawFit(curves, { ...fits, runs }, now, measured, []);
    bars.draw(now);
    return { ...advised(finding(now), runs.edge, lr), own: start ? HERE : own, kept: kept.said, trouble };
  };
}

/**
 * The finding, and how far the edge is where the rate is far below it.
 * @param {import("./kit/host.js").Finding} found
 * @param {number | null} edge
 * @param {number} lr
 */
function advised(found, edge, lr) {
  const room = (edge ?? 0) / lr;
  if (room < 10 || found.verdict === "Learned.") return found;
  return { ...found, words: `${found.words} The edge is ${figure(room, 2)} times higher: raise the rate.` };
}

wake("conditioning", buildConditioning);
export default widget(buildConditioning);
