{
const { directionBars } = agt;
const { curvesOver } = agt;
const { keepLines } = agt;
const { wake, widget } = agt;
const { lossesOf } = agt;
const { panel } = agt;
const { drawFit, retraining } = agt;
const { finding, keptRuns, nowOf } = agt;
const { roomy } = agt;
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
void widget(buildLearningRate);
}
