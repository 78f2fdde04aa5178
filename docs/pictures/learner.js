{
const { keepLines, svg } = agt;
const { wake, widget } = agt;
const { lossesOf } = agt;
const { figure, scientific } = agt;
const { around, block, centre, halfOf, line, panel, tag } = agt;
const { finding, HERE, nowOf, trainedHere } = agt;
const REACH = ([4e-8, 4]);
function buildLearner(panels, data, state) {
panels.classList.add("agt-two", "agt-even");
keepLines(panels, 3, 5, 6);
const draw = searchOf(panel(panels, { title: "lr_find: smoothed mse", words: "Smoothed mse against the learning rate, log scale", xLabel: "learning rate, log scale", height: 280 }));
const train = lossesOf(panel(panels, { title: "Training", words: "Loss against step, log scale", xLabel: "step", height: 280 }));
state.free.add("lr");
return function paint() {
const { lr, time, begin } = state.values;
const [given, search] = [data.runs[time], data.searches[time][begin]];
const own = state.between("lr");
const runs = own ? trainedHere(given, lr, false) : given;
const now = nowOf(runs, own ? 0 : state.stop("lr"), runs.losses[0].length - 1);
draw(search, runs.edge, lr);
train(now, () => `Training at ${scientific(lr)}`);
const said = finding(now);
return { ...said, words: `${said.words} ${suggestion(search.found, runs.edge)}`.trim(), own: own ? HERE : "" };
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
const frame = place.axes(REACH, [0, 1.3 * losses[0]], false, true);
const known = losses.findIndex((loss) => !Number.isFinite(loss));
const count = known < 0 ? losses.length : known;
curve.draw(rates, losses, frame, count);
for (let i = 0; i < count; i++) block(frame, frame.x(rates[i]), frame.y(losses[i]), 2);
upright(wall, edge, frame);
upright(chosen, rate, frame);
for (const each of [edgeTag, chosenTag, spotTag]) each.show(false);
if (edge !== null) edgeTag.place(frame, "edge", sides("edge", frame.x(edge), [14, 34, 54], frame));
const low = [frame.height - 8, frame.height - 28, 14, 34];
chosenTag.place(frame, "chosen", sides("chosen", frame.x(rate), low, frame));
spot.toggleAttribute("hidden", found === null);
if (found === null) return;
const far = Array.from(rates, (each) => Math.abs(Math.log(each / found)));
const [x, y] = [frame.x(found), frame.y(losses[far.indexOf(Math.min(...far))])];
centre(spot, x, y);
spotTag.place(frame, "lr_find", [...around([x, y], "lr_find", frame), ...sides("lr_find", x, [y + 40, y - 40, ...low], frame)]);
};
}
function upright(mark, rate, frame) {
const x = rate === null ? 0 : frame.x(rate);
if (rate !== null) frame.taken.push([x - 2, 0, x + 2, frame.height]);
mark.draw([x, x], [0, frame.height], { ...frame, x: Number, y: Number }, rate === null ? 0 : 2);
}
function sides(words, x, ys, frame) {
const half = halfOf(words) + 5;
return ys.flatMap((y) => [x + half, x - half].filter((at) => at > half && at < frame.width - half + 8).map((at) => ([at, y])));
}
wake("learner", buildLearner);
void widget(buildLearner);
}
