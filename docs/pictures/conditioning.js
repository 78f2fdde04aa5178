{
const { directionBars } = agt;
const { curvesOver } = agt;
const { html, keepLines } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { panel } = agt;
const { drawFit, retraining } = agt;
const { errorsAt, finding, HERE, keptRuns, nowOf, trainedHere } = agt;
const { roomy } = agt;
const { ends, startOf, valley } = agt;
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
function advised(found, edge, lr) {
const room = (edge ?? 0) / lr;
if (room < 10 || found.verdict === "Learned.") return found;
return { ...found, words: `${found.words} The edge is ${figure(room, 2)} times higher: raise the rate.` };
}
wake("conditioning", buildConditioning);
void widget(buildConditioning);
}
