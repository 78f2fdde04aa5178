{
const { directionBars } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { finding, nowOf } = agt;
const { valley } = agt;
function buildConditioning(panels, { bowls }, state) {
panels.classList.add("agt-two");
const { draw } = valley(panels, 380, Object.values(bowls));
const bars = directionBars(panels);
return function paint() {
const { lr, step, time } = state.values;
const { runs } = bowls[time];
const now = nowOf(runs, state.stop("lr"), step);
draw(bowls[time], state.stop("lr"), now.at, now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`);
bars.draw(now);
return advised(finding(now), runs.edge, lr);
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
