{
const { svg } = agt;
const { wake, widget } = agt;
const { lossesOf } = agt;
const { figure, scientific } = agt;
const { centre, line, panel, tag } = agt;
const { finding, nowOf } = agt;
const POWERS = ([-7.4, 0.6]); // of ten: what the slider reaches, with a little room
function buildLearner(panels, data, state) {
panels.classList.add("agt-two", "agt-even");
const draw = searchOf(panel(panels, { title: "lr_find: smoothed mse", words: "Smoothed mse against the power of ten of the learning rate", xLabel: "learning rate, power of ten", height: 280 }));
const train = lossesOf(panel(panels, { title: "Training", words: "Loss against step, log scale", xLabel: "step", height: 280 }));
return function paint() {
const { lr, time, begin } = state.values;
const [runs, search] = [data.runs[time], data.searches[time][begin]];
const now = nowOf(runs, state.stop("lr"), runs.losses[0].length - 1);
draw(search, runs.edge, lr);
train(now, () => `Training at ${scientific(lr)}`);
const said = finding(now);
return { ...said, words: `${said.words} ${suggestion(search.found, runs.edge)}`.trim() };
};
}
function suggestion(found, edge) {
if (found === null) return "lr_find finds no way down.";
const ratio = edge === null ? 0 : edge / found;
const where = !ratio ? "" : ratio >= 1 ? `, ${figure(ratio, 2)} times below the edge` : `, ${figure(1 / ratio, 2)} times above the edge`;
return `lr_find suggests ${scientific(found)}${where}.`;
}
function searchOf(place) {
const curve = line(place.plot, "data");
const wall = line(place.plot, "best");
const chosen = line(place.plot, "present");
const spot = svg("circle", { class: "agt-dot", r: 6 }, place.over);
const [edgeTag, spotTag, chosenTag] = ["best", "data", "present"].map((kind) => tag(place.over, kind));
return function draw({ found, rates, losses }, edge, rate) {
const powers = Array.from(rates, (each) => Math.log10(each));
const frame = place.axes(POWERS, [0, 1.3 * losses[0]]);
const known = losses.findIndex((loss) => !Number.isFinite(loss));
curve.draw(powers, losses, frame, known < 0 ? losses.length : known);
upright(wall, edge, frame);
upright(chosen, rate, frame);
edgeTag.show(edge !== null);
if (edge !== null) beside(edgeTag, "edge", frame.x(Math.log10(edge)), 14, frame);
beside(chosenTag, "chosen", frame.x(Math.log10(rate)), frame.height - 8, frame);
spot.toggleAttribute("hidden", found === null);
spotTag.show(found !== null);
if (found === null) return;
const power = Math.log10(found);
const near = powers.reduce((best, at, i) => (Math.abs(at - power) < Math.abs(powers[best] - power) ? i : best), 0);
const [x, y] = [frame.x(power), frame.y(losses[near])];
centre(spot, x, y);
const below = x > 84; // under the curve, to the left, where there is room, or else above it
beside(spotTag, "suggested", x, below ? Math.min(frame.height - 26, y + 22) : y - 6, frame, below ? -1 : 1);
};
}
function upright(mark, rate, frame) {
const x = rate === null ? 0 : frame.x(Math.log10(rate));
mark.draw([x, x], [0, frame.height], { ...frame, x: Number, y: Number }, rate === null ? 0 : 2);
}
function beside(label, words, x, y, frame, first = 1) {
const half = 3.9 * words.length;
const fits = [first, -first].find((side) => x + side * (2 * half + 8) > 0 && x + side * (2 * half + 8) < frame.width) ?? first;
const middle = x + fits * (half + 8);
label.put(Math.max(half, Math.min(frame.width - half, middle)), y, words);
}
wake("learner", buildLearner);
void widget(buildLearner);
}
