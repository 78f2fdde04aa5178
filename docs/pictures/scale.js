{
const { keepLines, svg, write } = agt;
const { wake, widget } = agt;
const { figure, listed, plural } = agt;
const { cell, line, panel, points, stand, tag } = agt;
const { endsOf } = agt;
const LANE_HEIGHT = 24;
const TOP_HEIGHT = 24;
const END_HEIGHT = 30;
function buildScale(panels, { time, speed, name: slope, full, splits }, state) {
const ends = endsOf([0, ...Object.values(splits).flat().flatMap(({ slopes }) => slopes)]);
const most = splits.even.length;
panels.classList.add("agt-two", "agt-even");
keepLines(panels, 2, 4, 5);
const height = TOP_HEIGHT + LANE_HEIGHT * most + END_HEIGHT;
const owners = { of: (_) => 0 };
const bands = bandsOf(panels, time, speed, most, height, (i) => owners.of(i));
const lanes = lanesOf(panels, most, height, slope, ends);
return function paint() {
const { workers, split: kind, mean, moment } = state.values;
const split = splits[kind][workers - 1];
owners.of = (i) => ownerOf(i, split.shares);
bands(split.shares);
const met = moment === "after" ? averageOf(split, mean === "weighted") : null;
lanes(split, full, met);
return met === null ? apartInWords(split, full, slope, mean) : metInWords(split, full, met, slope, mean);
};
}
function averageOf({ shares, slopes }, weighted) {
const weights = weighted ? shares : shares.map(() => 1);
return slopes.reduce((sum, slope, i) => sum + weights[i] * slope, 0) / weights.reduce((sum, each) => sum + each, 0);
}
function ownerOf(i, sizes) {
let last = 0;
return sizes.findIndex((size) => i < (last += size));
}
function bandsOf(panels, time, speed, most, height, owner) {
const place = panel(panels, { title: "Which worker holds which points", words: "Speed against time, a band for each worker", xLabel: "t (s)", yLabel: "speed (m/s)", height });
const bands = Array.from({ length: most }, () => svg("rect", { y: 0, height: 999 }, place.plot));
const names = bands.map(() => tag(place.over, "rest"));
const dots = points(place, time.length, (i) => `worker ${owner(i)}: t = ${figure(time[i], 3)} s, ${figure(speed[i], 3)} m/s`);
const [low, high] = [Math.min(...speed), Math.max(...speed)];
const room = (high - low) * 0.08 || 1;
const edge = (time[time.length - 1] - time[0]) * 0.03 || 1;
return function draw(sizes) {
const frame = place.axes([time[0] - edge, time[time.length - 1] + edge], [low - room, high + 2.5 * room]);
let first = 0;
bands.forEach((band, rank) => {
const shown = rank < sizes.length;
band.toggleAttribute("hidden", !shown);
names[rank].show(shown);
if (!shown) return;
const last = first + sizes[rank];
const left = first ? frame.x((time[first - 1] + time[first]) / 2) : 0;
const right = last < time.length ? frame.x((time[last - 1] + time[last]) / 2) : frame.width;
band.setAttribute("x", left.toFixed(1));
band.setAttribute("width", Math.max(0, right - left).toFixed(1));
band.style.fill = rank % 2 ? "transparent" : "var(--line)";
names[rank].put((left + right) / 2, 13, String(rank));
first = last;
});
dots.draw(time, speed, frame);
};
}
function lanesOf(panels, most, height, slope, ends) {
const place = panel(panels, { title: `What each has as ${slope}`, words: "A row for each worker: how many points it holds and its slope", xLabel: "", height });
const group = svg("g", {}, place.drawing);
const heads = ["worker", "points", slope].map((text) => cell(group, text));
const rows = Array.from({ length: most }, () => {
const box = svg("g", { role: "img" }, group);
return { box, cells: [cell(box, ""), cell(box, ""), cell(box, "")], bar: svg("rect", { class: "agt-now", height: LANE_HEIGHT - 8 }, box) };
});
const goal = line(group, "best");
const goalTag = tag(group, "best", "end");
return function draw({ shares, slopes }, full, met) {
const shown = slopes.map((own) => met ?? own);
const width = place.whole();
const edges = [46, 94, 172];
const [from, to] = [182, Math.max(200, width - 8)];
const scale = (to - from) / (ends[1] - ends[0] || 1);
const zero = ends[1] > -ends[0] ? from - ends[0] * scale : from + ends[1] * scale;
const along = (value) => (ends[1] > -ends[0] ? zero + value * scale : zero - value * scale);
heads.forEach((head, k) => stand(head, edges[k], 13));
rows.forEach(({ box, cells, bar }, rank) => {
box.toggleAttribute("hidden", rank >= shares.length);
if (rank >= shares.length) return;
const y = TOP_HEIGHT + LANE_HEIGHT * rank;
[String(rank), String(shares[rank]), figure(shown[rank])].forEach((text, k) => {
write(cells[k], text);
stand(cells[k], edges[k], y + 15);
});
const [start, end] = [zero, along(shown[rank])].sort((one, other) => one - other);
bar.setAttribute("x", start.toFixed(1));
bar.setAttribute("y", String(y + 3));
bar.setAttribute("width", Math.max(1, end - start).toFixed(1));
box.setAttribute("aria-label", `worker ${rank}: ${plural(shares[rank], "point")}, ${slope} ${figure(shown[rank])}`);
});
const bottom = TOP_HEIGHT + LANE_HEIGHT * shares.length + 4;
const x = along(full);
goal.draw([x, x], [TOP_HEIGHT - 4, bottom], { x: Number, y: Number });
const words = `over all points ${figure(full)}`;
goalTag.put(Math.min(width - 2, Math.max(x + 60, 7.6 * words.length)), bottom + 17, words);
place.remark(met !== null ? "after all-reduce" : "before all-reduce");
};
}
function apartInWords({ shares, slopes }, full, slope, mean) {
if (slopes.length === 1) return { verdict: "One worker.", words: `It holds all points, and its ${slope} is ${figure(slopes[0])}; so is the ${mean} mean.`, value: figure(slopes[0]) };
const [low, high] = [Math.min(...slopes), Math.max(...slopes)].map((each) => figure(each));
const even = shares.every((size) => size === shares[0]);
const held = even ? `${plural(shares[0], "point")} each` : `${listed(shares.map(String))} points`;
const words = `With ${held} their ${slope} goes from ${high} to ${low}; over all points it is ${figure(full)}. The ${mean} mean comes next.`;
return { verdict: `${slopes.length} gradients.`, words, value: `${slopes.length} gradients, from ${high} to ${low}` };
}
function metInWords({ slopes }, full, met, slope, mean) {
const size = Math.max(...slopes.map(Math.abs), Math.abs(full));
const value = `all have ${figure(met)}`;
if (Math.abs(met - full) <= 1e-4 * size) return { verdict: "One gradient, the right one.", words: `By the ${mean} mean every worker has ${figure(met)} as ${slope}, as over all points.`, value };
const off = Math.abs(met / full - 1);
const far = Number.isFinite(off) ? `${figure(100 * off, 2)}% off` : "off";
return { verdict: "One gradient, a wrong one.", words: `By the ${mean} mean every worker has ${figure(met)} as ${slope}, ${far}: over all points it is ${figure(full)}.`, value };
}
wake("scale", buildScale);
void widget(buildScale);
}
