{
const { curvesOver, NO_CURVE } = agt;
const { keepLines } = agt;
const { pulling } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { panel } = agt;
const { roomy } = agt;
function buildFit(panels, { time, speed, basis, frames }, state) {
keepLines(panels, 1, 2, 2);
const predsOf = (weights, rows = basis) => time.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * rows[k][i], 0));
const ys = frames ? roomy([...speed, ...frames.flatMap((weights) => predsOf(weights))], 0.05) : roomy(speed, 0.5);
const place = panel(panels, { title: "", words: "Speed in m/s against time in s", xLabel: "time (s)", yLabel: "speed (m/s)", height: 300 });
const hands = frames ? null : pulling(state, { time, speed });
if (!frames) for (const { name } of state.controls) state.free.add(name);
const curves = curvesOver(place, time, speed, ys, hands?.hold);
return function paint() {
const { step } = state.values;
const weights = frames ? frames[step] : state.controls.map(({ name }) => Number(state.values[name]));
const measured = hands?.now() ?? { time, speed };
const preds = predsOf(weights, frames ? basis : [measured.time.map((t) => t * t), measured.time, measured.time.map(() => 1)]);
const miss = Math.sqrt(preds.reduce((sum, pred, i) => sum + (pred - measured.speed[i]) ** 2, 0) / preds.length);
curves({ xs: time, ys: predsOf(weights), words: frames ? `after ${plural(step, "step")}` : "your curve" }, NO_CURVE, preds, measured);
return { verdict: `rmse ${figure(miss)}.`, words: "By that many m/s the curve typically misses a point.", value: `rmse ${figure(miss)}` };
};
}
wake("fit", buildFit);
void widget(buildFit);
}
