import { directionBars } from "./kit/bars.js";
import { curvesOver } from "./kit/curve.js";
import { keepLines } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { lossesOf } from "./kit/losses.js";
import { panel } from "./kit/panel.js";
import { drawFit, retraining } from "./kit/refit.js";
import { finding, keptRuns, nowOf } from "./kit/runs.js";
import { roomy } from "./kit/scales.js";

/** @typedef {import("./kit/refit.js").Fits} Fits */
/** @typedef {{time: number[], speed: number[], fits: Record<string, Record<string, Fits | {error: string}>>}} Data by loss and by the kind of times */

/** @type {import("./kit/host.js").Build<Data, {loss?: string, time: string, lr: number, step: number, pulled: string}>} */
function buildLearningRate(panels, data, state) {
  panels.classList.add("agt-three");
  keepLines(panels, 2, 4, 5);
  const fit = panel(panels, { title: "The fit", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 260 });
  const losses = panel(panels, { title: "Loss", words: "Loss against step, log scale", xLabel: "step", height: 260 });
  const bars = directionBars(panels);
  const { hold, fitsOf } = retraining(state, data, Object.values(data.fits).flatMap((kinds) => Object.values(kinds)));
  const curves = curvesOver(fit, data.time, data.speed, roomy(data.speed, 0.15), hold);
  const run = lossesOf(losses);

  return function paint() {
    const { loss = Object.keys(data.fits)[0], time, step } = state.values;
    const { fits, run: at, measured, ...more } = fitsOf(data.fits[loss][time], loss, time);
    for (const each of [fit.box, losses.box, bars.box]) each.hidden = "error" in fits;
    if ("error" in fits) return { verdict: "No picture.", words: fits.error, value: "no picture" };
    const now = nowOf(fits.runs, at, step, loss);
    const kept = keptRuns(state, "loss", "In the fit alone");
    const curve = drawFit(curves, fits, now, measured, kept.all);
    state.snapshot = { ...curve, losses: now.all.slice(0, now.count), path: [] };
    run(now, (log) => `Loss (${loss}${log ? ", log scale" : ""})`, kept.beside);
    bars.draw(now);
    return { ...finding(now), ...more, kept: kept.said };
  };
}

wake("learning_rate", buildLearningRate);
export default widget(buildLearningRate);
