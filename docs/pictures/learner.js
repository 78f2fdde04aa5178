{
const { html, svg, keepLines, write, figure, scientific, decimal, plural, listed, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, player, followLink, addressOf, unpack, unspread, fromBase64, followTheme, widget, wake } = agt;
const EDGES = { left: 56, right: 12, top: 10, bottom: 38 };
function panel(parent, { title, words, xLabel, yLabel = "", height = 240 }) {
const box = html("div", { class: "agt-panel" }, parent);
const head = html("div", { class: "agt-title" }, box);
const name = html("strong", { text: title }, head);
const note = html("span", { class: "agt-note" }, head);
const drawing = svg("svg", { height, role: "group", "aria-label": words }, box);
const grid = svg("g", { "aria-hidden": "true" }, drawing);
const plot = svg("svg", { overflow: "hidden", x: EDGES.left, y: EDGES.top }, drawing);
const over = svg("g", { transform: `translate(${EDGES.left} ${EDGES.top})` }, drawing);
let outer = 0;
let key = "";
new ResizeObserver(([entry]) => (outer = entry.contentRect.width)).observe(box);
let frame = { x: Number, y: Number, xs: [0, 1], ys: [0, 1], width: 0, height: 0, taken: [] };
function size() {
outer ||= box.clientWidth || 300; // asked once: to ask at each frame would lay the page out twice
return { width: Math.max(60, outer - EDGES.left - EDGES.right), height: height - EDGES.top - EDGES.bottom };
}
function axes(xs, ys, log = false, logX = false) {
const shape = size();
const wanted = [outer, ...xs, ...ys, log].join();
frame.taken = [];
if (wanted === key) return frame;
key = wanted;
frame = { x: scale(xs, [0, shape.width], logX), y: scale(ys, [shape.height, 0], log), xs, ys, ...shape, taken: [] };
plot.setAttribute("width", String(shape.width));
plot.setAttribute("height", String(shape.height));
grid.replaceChildren();
for (const tick of ticks(ys, log ? 6 : 5, log)) {
const y = EDGES.top + frame.y(tick);
svg("line", { class: "agt-grid", x1: EDGES.left, x2: outer - EDGES.right, y1: y, y2: y }, grid);
if (yLabel && frame.y(tick) < 14) continue; // where the label stands
svg("text", { class: "agt-axis", x: EDGES.left - 7, y: y + 4, "text-anchor": "end", text: tickText(tick) }, grid);
}
for (const tick of ticks(xs, shape.width < 220 ? 2 : 4, logX)) {
const place = { x: EDGES.left + frame.x(tick), y: height - EDGES.bottom + 18, "text-anchor": "middle" };
svg("text", { class: "agt-axis", ...place, text: tickText(tick) }, grid);
}
svg("text", { class: "agt-axis", x: EDGES.left + shape.width / 2, y: height - 4, "text-anchor": "middle", text: xLabel }, grid);
if (yLabel) svg("text", { class: "agt-axis", x: 2, y: 9, text: yLabel }, grid);
return frame;
}
return {
box, drawing, plot, over, axes, size,
frame: () => frame,
whole: () => size().width + EDGES.left + EDGES.right,
entitle: (text) => write(name, text),
remark: (text) => write(note, text),
};
}
function tickText(value) {
if (value === 0) return "0";
const size = Math.abs(value);
if (size >= 1e6 || size < 1e-3) return value.toExponential(0).replace("e+", "e");
return Number(value.toPrecision(6)).toLocaleString("en-US");
}
function line(plot, kind) {
const path = svg("path", { class: `agt-line agt-${kind}` }, plot);
let shown = "";
return {
draw(xs, ys, frame, count = xs.length) {
let d = "";
for (let i = 0; i < count; i++) {
const [x, y] = [frame.x(xs[i]), frame.y(ys[i])].map(near);
d += `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
}
if (d !== shown) path.setAttribute("d", (shown = d));
},
};
}
function near(at) {
return Math.max(-9999, Math.min(9999, at));
}
function centre(circle, x, y) {
circle.setAttribute("cx", near(x).toFixed(1));
circle.setAttribute("cy", near(y).toFixed(1));
}
function stand(text, x, y) {
text.setAttribute("x", x.toFixed(1));
text.setAttribute("y", y.toFixed(1));
}
function cell(parent, text) {
return svg("text", { class: "agt-axis", "text-anchor": "end", text }, parent);
}
let pen;
const widths = new Map();
function halfOf(words) {
pen ??= document.createElement("canvas").getContext("2d");
if (pen) pen.font = '600 13px system-ui, -apple-system, "Segoe UI", sans-serif';
if (!widths.has(words)) widths.set(words, (pen?.measureText(words).width ?? 8 * words.length) / 2 + 2);
return widths.get(words) ?? 0;
}
function boxOf(x, y, half) {
return [x - half, y - 12, x + half, y + 5];
}
function block({ taken }, x, y, room = 6) {
taken.push([x - room, y - room, x + room, y + room]);
}
function isFree({ taken, width, height }, [left, top, right, bottom]) {
if (left < 0 || right > width + 8 || top < -4 || bottom > height) return false;
return taken.every((each) => right <= each[0] || left >= each[2] || bottom <= each[1] || top >= each[3]);
}
function tag(parent, kind, anchor = "middle") {
const text = svg("text", { class: `agt-tag agt-${kind}`, "text-anchor": anchor }, parent);
let kept = 0;
const show = (shown) => void text.toggleAttribute("hidden", !shown);
function put(x, y, words) {
write(text, words);
stand(text, x, y);
show(true);
}
return {
put,
show,
place(frame, words, spots) {
const boxes = spots.map(([x, y]) => boxOf(x, y, halfOf(words)));
if (!(boxes[kept] && isFree(frame, boxes[kept]))) kept = boxes.findIndex((box) => isFree(frame, box));
show(kept >= 0);
if (kept < 0) return;
frame.taken.push(boxes[kept]);
put(...spots[kept], words);
},
};
}
function around([x, y], words, { width }, first = -1) {
const half = halfOf(words);
const middle = Math.max(half, Math.min(width - half, x));
const ups = first < 0 ? [y - 13, y + 22, y - 30, y + 39] : [y + 22, y - 13, y + 39, y - 30];
return [...ups.slice(0, 2).map((up) => [middle, up]), [x + half + 10, y + 4], [x - half - 10, y + 4], ...ups.slice(2).map((up) => [middle, up])].map(
([at, up]) => [at, up],
);
}
function lineTag(parent, kind) {
const label = tag(parent, kind);
let kept = 0;
return function put(words, along, obstacles, frame) {
const half = halfOf(words);
const spots = along.flatMap(([x, y]) => [[x, y - 12], [x, y + 21], [x - half - 12, y + 4], [x + half + 12, y + 4]]);
const room = spots.map(([x, y]) => (isFree(frame, boxOf(x, y, half)) ? clearance(x, y - 4, half, [...along, ...obstacles]) : -1));
const most = Math.max(-1, ...room);
label.show(most >= 0);
if (most < 0) return false;
if (!(room[kept] > 0.6 * most)) kept = room.indexOf(most);
const [x, y] = spots[kept];
label.put(x, y, words);
frame.taken.push(boxOf(x, y, half));
return true;
};
}
function clearance(x, y, half, obstacles) {
let least = Infinity;
for (const [ox, oy] of obstacles) {
const across = Math.max(0, Math.abs(ox - x) - half);
const down = Math.max(0, Math.abs(oy - y) - 7);
least = Math.min(least, across * across + down * down);
}
return Math.sqrt(least);
}
function points(place, count, words, hold) {
const how = hold ? "left and right go from one to the next, up and down pull it, with Shift sideways too" : "arrow keys move between them";
const group = svg("g", { role: "group", "aria-label": `measured points, ${how}` }, place.over);
const ring = svg("circle", { class: "agt-ring", r: 8, visibility: "hidden" }, group);
let active = 0;
let shown = -1;
let frame = (null);
let at = ([]);
const dots = Array.from({ length: count }, (_, i) => {
const dot = svg("circle", { class: `agt-dot${hold ? " agt-held" : ""}`, r: 4.5, role: "img", tabindex: i ? -1 : 0, "aria-label": words(i) }, group);
dot.addEventListener("pointerenter", () => show(i));
dot.addEventListener("pointerleave", () => show(-1));
dot.addEventListener("focus", () => show(i));
dot.addEventListener("blur", () => show(-1));
dot.addEventListener("keydown", (event) => move((event)));
return dot;
});
if (hold) {
draggable(place, {
begin(x, y) {
const far = at.map((spot) => Math.hypot(spot[0] - x, spot[1] - y));
active = far.indexOf(Math.min(...far));
if (!(far[active] < 22)) return false;
hold.begin();
focus(active);
return true;
},
to: (x, y) => frame && hold.to(active, x, y),
});
}
function focus(index) {
dots.forEach((dot, i) => dot.setAttribute("tabindex", i === index ? "0" : "-1"));
dots[(active = index)].focus({ preventScroll: true });
}
function move(event) {
const [across, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [-count, 0], End: [count, 0] }[event.key] ?? [0, 0];
if (!across && !up) return;
event.preventDefault();
if (!hold || !frame || !(up || (event.shiftKey && Math.abs(across) === 1))) return focus(Math.max(0, Math.min(count - 1, active + across + up)));
if (!event.repeat) hold.begin();
const { x, y } = dataAt(frame, at[active][0] + (across * frame.width) / 100, at[active][1] - (up * frame.height) / 100);
hold.to(active, x, y);
}
function show(index) {
shown = index;
ring.setAttribute("visibility", index < 0 ? "hidden" : "visible");
update();
}
function update() {
place.remark(shown < 0 ? "" : words(shown));
if (shown < 0) return;
dots[shown].setAttribute("aria-label", words(shown));
for (const at of ["cx", "cy"]) ring.setAttribute(at, dots[shown].getAttribute(at) ?? "0");
}
return {
update,
draw(xs, ys, now) {
frame = now;
at = pixels(xs, ys, now, count);
dots.forEach((dot, i) => centre(dot, ...at[i]));
update();
},
};
}
function dataAt({ xs, ys, width, height }, left, top) {
const share = (at, whole) => Math.max(0, Math.min(1, at / whole));
return { x: xs[0] + share(left, width) * (xs[1] - xs[0]), y: ys[1] - share(top, height) * (ys[1] - ys[0]) };
}
function draggable(place, { begin, to, tapped }) {
const { drawing } = place;
let held = false;
const inside = ({ clientX, clientY }) => {
const box = drawing.getBoundingClientRect();
return ([clientX - box.left - EDGES.left, clientY - box.top - EDGES.top]);
};
const bring = (spot) => {
const { x, y } = dataAt(place.frame(), ...spot);
to(x, y);
};
drawing.addEventListener("pointerdown", (event) => {
const { pointerType, pointerId, button } = (event);
if (pointerType === "touch" || button || !(held = begin(...inside((event)), false))) return;
event.preventDefault();
drawing.setPointerCapture(pointerId);
});
drawing.addEventListener("pointermove", (event) => held && bring(inside((event))));
for (const end of ["pointerup", "pointercancel", "touchend", "touchcancel"]) drawing.addEventListener(end, () => (held = false));
drawing.addEventListener("touchstart", (event) => {
const { touches } = (event);
held = touches.length === 1 && begin(...inside(touches[0]), true);
if (held) event.preventDefault(); // the page stands still meanwhile
}, { passive: false });
drawing.addEventListener("click", (event) => (event).pointerType === "touch" && tapped?.(...inside((event))));
drawing.addEventListener("touchmove", (event) => held && bring(inside((event).touches[0])));
}
function pixels(xs, ys, frame, count) {
return Array.from({ length: count }, (_, i) => [frame.x(xs[i]), frame.y(ys[i])]);
}
function dot(one, other) {
return one.reduce((sum, each, i) => sum + each * other[i], 0);
}
function misses({ X, y }, p) {
return X.map((row, i) => dot(row, p) - y[i]);
}
function lossAt(problem, p, root) {
const miss = misses(problem, p);
const mse = dot(miss, miss) / miss.length;
return root ? Math.sqrt(mse) : mse;
}
function gradientAt(problem, p, root) {
const miss = misses(problem, p);
const times = root ? 1 / lossAt(problem, p, true) : 2;
return p.map((_, k) => (times * dot(miss, problem.X.map((row) => row[k]))) / miss.length);
}
function train(problem, start, lr, steps, root) {
const path = [start];
for (let step = 0; step < steps; step++) {
const slopes = gradientAt(problem, path[step], root);
path.push(path[step].map((each, k) => each - lr * slopes[k]));
}
return { losses: Float64Array.from(path, (p) => lossAt(problem, p, root)), path };
}
function hessian(X) {
return X[0].map((_, j) => X[0].map((_, k) => (2 * X.reduce((sum, row) => sum + row[j] * row[k], 0)) / X.length));
}
function spectrum({ X, y }) {
const found = X[0].map((_, k) => ({ column: X.map((row) => row[k]), way: X[0].map((_, j) => Number(j === k)) }));
for (let turned = true, round = 0; turned && round < 60; round++) {
turned = false;
for (const [i, one] of found.entries()) {
for (const other of found.slice(i + 1)) {
const [a, b, c] = [dot(one.column, one.column), dot(other.column, other.column), dot(one.column, other.column)];
if (!(Math.abs(c) > 1e-15 * Math.sqrt(a * b))) continue;
turned = true;
const lean = (b - a) / (2 * c);
const t = (lean < 0 ? -1 : 1) / (Math.abs(lean) + Math.hypot(1, lean));
const cos = 1 / Math.hypot(1, t);
for (const part of (["column", "way"])) {
const [first, second] = [one[part], other[part]];
one[part] = first.map((each, r) => cos * (each - t * second[r]));
other[part] = first.map((each, r) => cos * (t * each + second[r]));
}
}
}
}
const sized = found.map(({ column, way }) => {
const sign = way.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most)) < 0 ? -1 : 1;
const size = dot(column, column);
return { size, way: way.map((each) => sign * each), far: size > 0 ? (sign * dot(column, y)) / size : 0 };
});
sized.sort((one, other) => other.size - one.size);
return {
curvatures: sized.map(({ size }) => (2 * size) / X.length),
directions: sized.map(({ way }) => way),
best: X[0].map((_, j) => sized.reduce((sum, { far, way }) => sum + far * way[j], 0)),
};
}
function runName({ values }) {
return [`lr ${scientific(Number(values.lr))}`, values.pulled && "pulled", values.start && "moved"].filter(Boolean).join(", ");
}
const HERE = "Trained in this page, in float64.";
function nowOf(runs, run, step, loss = "mse") {
const all = runs.losses[run];
const end = all.findIndex((value) => !Number.isFinite(value));
const count = end < 0 ? all.length : end;
const at = Math.min(step, count - 1);
const [errors, before] = [at, Math.max(0, at - 1)].map((then) => errorsAt(runs, run, then));
return { loss, step, at, all, count, errors, before, runs, exploded: step >= count };
}
function trainedHere(runs, lr, root, start = runs.directions.map((each) => each.start)) {
const count = runs.directions.length + 1;
const row = (k, size) => runs.directions.map((_, j) => (j === k ? size : 0));
const X = [...runs.directions.map(({ curvature }, k) => row(k, Math.sqrt((curvature * count) / 2))), row(-1, 0)];
const floor = (runs.floor ?? 0) ** (root ? 2 : 1);
const { losses, path } = train({ X, y: X.map((_, i) => (i < count - 1 ? 0 : Math.sqrt(floor * count))) }, start, lr, runs.losses[0].length - 1, root);
const directions = runs.directions.map((each, k) => ({ ...each, start: start[k] }));
return { ...runs, directions, losses: [losses], errors: start.map((_, k) => [Float64Array.from(path, (p) => p[k])]) };
}
function errorsAt({ errors }, run, at) {
return errors.map((along) => along[run][at]);
}
function shares(runs, errors) {
return runs.directions.map(({ start }, k) => (start ? Math.abs(errors[k] / start) : 0));
}
function ended(loss) {
return Number.isNaN(loss) ? "broke off" : "exploded";
}
function finding(now) {
const { loss, step, at, all, count, runs, exploded } = now;
const value = figure(all[at]);
const edge = runs.edge;
const goal = runs.floor === null ? "" : `; the best possible is ${figure(runs.floor)}`;
if (exploded) {
const broke = ended(all[count]);
const lost = `${broke} at step ${count + 1}: loss is ${figure(all[count])}`;
const past = edge && broke === "exploded" ? `Rates past 2/λmax = ${figure(edge, 3)} make the error along the steep direction grow at every step.` : "";
return { verdict: `${lost[0].toUpperCase()}${lost.slice(1)}.`, words: past, value: `after ${plural(step, "step")}, ${lost}`, edge };
}
const spoken = `after ${plural(step, "step")}, loss ${value}`;
if (!step) return { verdict: "Not started.", words: `The ${loss} is ${value}${goal}.`, value: spoken, edge };
const { verdict, why } = judged(now);
return { verdict, words: `After ${plural(step, "step")} the ${loss} is ${value}${goal}. ${why}`.trim(), value: spoken, edge };
}
function judged({ at, all, errors, before, runs }) {
const floor = runs.floor;
const left = floor === null ? all[0] - all[at] : all[at] - floor;
const window = Math.min(10, at);
const gained = all[at - window] - all[at];
if (floor !== null && left <= (floor > 1e-12 * all[0] ? 0.01 * floor : 1e-7 * all[0])) return { verdict: "Learned.", why: "" };
const crosses = runs.directions.length > 0 && errors[0] * before[0] < 0 && Math.abs(errors[0]) > 0.9 * Math.abs(before[0]);
const why = crosses ? "Each step jumps across the bottom of the steep direction." : "";
if (all[at] > all[0]) return { verdict: runs.edge ? "Growing." : "Wandering.", why };
if (gained > 0.001 * window * Math.abs(left)) return { verdict: "Learning.", why: "" };
if (crosses || gained < -0.001 * window * Math.abs(left)) return { verdict: "Bouncing.", why };
const learned = shares(runs, errors).some((share) => share < 0.05);
const verdict = floor === null ? "Settled." : learned || !runs.directions.length ? "Stuck." : "Slow.";
return { verdict, why: directionsInWords(runs, errors) };
}
function directionsInWords(runs, errors) {
const left = shares(runs, errors);
const named = (test) =>
runs.directions.filter((_, k) => test(left[k])).map(({ name }) => `the ${name}`);
const learned = named((share) => share < 0.05);
const waiting = named((share) => share > 0.95);
const parts = [];
if (learned.length) parts.push(`${listed(learned)} ${learned.length > 1 ? "directions are" : "direction is"} learned`);
const what = learned.length ? "one" : "direction";
if (waiting.length) parts.push(`${listed(waiting)} ${waiting.length > 1 ? `${what}s have` : `${what} has`} hardly begun`);
const said = parts.join(", ");
return said && `${said[0].toUpperCase()}${said.slice(1)}.`;
}
function lossesOf(place) {
const rest = line(place.plot, "rest");
const floorLine = line(place.plot, "best");
const present = line(place.plot, "present");
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
const floorTag = tag(place.over, "best");
const nowTag = tag(place.over, "present");
const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: lineTag(place.over, "ghost") }));
return function draw({ all, count, at, runs, exploded }, title, kept = []) {
const last = all.length - 1;
const lowest = Math.min(...all.subarray(0, count), runs.floor ?? Infinity);
const log = all[0] > 0 && (lowest > 0 || runs.floor !== null);
place.entitle(title(log));
const frame = place.axes([0, Math.max(1, last)], log ? powersOf(all[0], lowest) : spanOf(all[0], lowest), log);
const steps = Array.from(all, (_, i) => i);
rest.draw(steps, all, frame, count);
present.draw(steps, all, frame, at + 1);
const floor = runs.floor;
const level = floor === null ? 0 : Math.min(frame.height - 26, frame.y(Math.max(floor, 1e-300)));
floorTag.show(false);
floorLine.draw([0, last], floor === null ? [] : [floor, floor], frame, floor === null ? 0 : 2);
const goal = `best possible ${figure(floor ?? 0)}`;
const right = frame.width - halfOf(goal);
if (floor !== null) floorTag.place(frame, goal, [[right, level + 20], [halfOf(goal), level + 20], [right, level - 8], [halfOf(goal), level - 8]]);
const y = Math.max(0, Math.min(frame.height, frame.y(all[at])));
centre(dot, frame.x(at), y);
place.remark(exploded ? `${ended(all[count])} at step ${count + 1}: loss is ${figure(all[count])}` : "");
block(frame, frame.x(at), y);
nowTag.show(false);
const words = `${figure(all[at])} now`;
if (!exploded) nowTag.place(frame, words, around([frame.x(at), y], words, frame));
ghosts.forEach(({ path, name }, i) => {
const old = pixels(steps, kept[i]?.losses ?? [], frame, Math.min(all.length, kept[i]?.losses.length ?? 0)).filter(([, top]) => Number.isFinite(top));
path.draw(steps, kept[i]?.losses ?? [], frame, old.length);
name(kept[i]?.words ?? "", old, [...pixels(steps, all, frame, at + 1)], frame);
});
};
}
function powersOf(first, lowest) {
return [Math.max(lowest, first * 1e-9) / 4, Math.max(first, lowest) * 6];
}
function spanOf(first, lowest) {
const room = 0.2 * (first - lowest) || Math.abs(first) || 1;
return [lowest - room, first + room];
}
const REACH = ([4e-8, 4]); // of the slider, with a little room
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
