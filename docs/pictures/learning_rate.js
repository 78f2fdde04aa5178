{
const { directionBars } = agt;
const { curvesOver, NO_CURVE } = agt;
const { wake, widget } = agt;
const { lossesOf } = agt;
const { plural } = agt;
const { panel } = agt;
const { finding, nowOf } = agt;
const { roomy } = agt;
function buildLearningRate(panels, data, state) {
panels.classList.add("agt-three");
const fit = panel(panels, { title: "The fit", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 260 });
const losses = panel(panels, { title: "Loss", words: "Loss against step, log scale", xLabel: "step", height: 260 });
const bars = directionBars(panels);
const curves = curvesOver(fit, data.time, data.speed, roomy(data.speed, 0.25));
const run = lossesOf(losses);
return function paint() {
const { loss = Object.keys(data.fits)[0], time, step } = state.values;
const fits = data.fits[loss][time];
for (const each of [fit.box, losses.box, bars.box]) each.hidden = "error" in fits;
if ("error" in fits) return { verdict: "No picture.", words: fits.error, value: "no picture" };
const now = nowOf(fits.runs, state.stop("lr"), step, loss);
const preds = predsOf(fits, now);
const [present, best] = [preds, fits.base].map((ys) => ({ xs: fits.times.slice(0, fits.curve), ys: [...ys] }));
const words = now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`;
curves({ ...present, words }, now.runs.floor === null ? NO_CURVE : { ...best, words: "best possible" }, fits.measured.map((i) => (i === null ? undefined : preds[i])));
run(now, (log) => `Loss (${loss}${log ? ", log scale" : ""})`);
bars.draw(now);
return finding(now);
};
}
function predsOf({ base, basis }, { errors }) {
return base.map((best, i) => errors.reduce((sum, error, k) => sum + error * basis[k][i], best));
}
wake("learning_rate", buildLearningRate);
void widget(buildLearningRate);
}
