{
const { curvesOver, NO_CURVE } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { panel } = agt;
const { roomy } = agt;
function buildFit(panels, { time, speed, basis, frames }, state) {
const predsOf = (weights) => time.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * basis[k][i], 0));
const ys = frames ? roomy([...speed, ...frames.flatMap(predsOf)], 0.05) : roomy(speed, 0.5);
const place = panel(panels, { title: "", words: "Speed in m/s against time in s", xLabel: "time (s)", yLabel: "speed (m/s)", height: 300 });
const curves = curvesOver(place, time, speed, ys);
return function paint() {
const { step } = state.values;
const preds = predsOf(frames ? frames[step] : state.controls.map(({ name }) => Number(state.values[name])));
const miss = Math.sqrt(preds.reduce((sum, pred, i) => sum + (pred - speed[i]) ** 2, 0) / preds.length);
curves({ xs: time, ys: preds, words: frames ? `after ${plural(step, "step")}` : "your curve" }, NO_CURVE, preds);
return { verdict: `rmse ${figure(miss)}.`, words: "By that many m/s the curve typically misses a point.", value: `rmse ${figure(miss)}` };
};
}
wake("fit", buildFit);
void widget(buildFit);
}
