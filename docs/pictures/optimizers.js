{
const { html, svg, keepLines, write, figure, scientific, decimal, plural, listed, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, player, followLink, addressOf, unpack, unspread, fromBase64, followTheme, widget, wake } = agt;
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
const ROUNDING = 4e-6;
function directionBars(panels) {
const box = html("div", { class: "agt-panel" }, panels);
const title = html("div", { class: "agt-title" }, box);
html("strong", { text: "Left to learn" }, title);
html("span", { class: "agt-note", text: "by direction" }, title);
const list = html("div", { class: "agt-bars" }, box);
let shown = (null);
let rows = ([]);
function fill(runs) {
list.replaceChildren();
if (!runs.directions.length) {
html("p", { class: "agt-bar-foot", text: "Directions need a model that is linear in its params, and mse or rmse." }, list);
}
rows = runs.directions.map(({ name, curvature }) => {
const bar = html("div", { class: "agt-bar" }, list);
const head = html("div", { class: "agt-bar-head" }, bar);
html("strong", { text: name }, head);
const left = html("span", {}, head);
const fill = html("div", { class: "agt-bar-fill" }, html("div", { class: "agt-bar-track" }, bar));
html("div", { class: "agt-bar-foot", text: `λ = ${figure(curvature, 4)}` }, bar);
return { left, fill };
});
shown = runs;
}
function draw({ runs, errors }) {
if (shown !== runs) fill(runs);
const largest = Math.max(...errors.map(Math.abs));
shares(runs, errors).forEach((share, k) => {
const over = share > 1.0005;
const lost = over && Math.abs(errors[k]) < ROUNDING * largest;
const percent = Math.min(100, 100 * share);
const left = over ? `${figure(share, 3)} × start` : `${percent.toFixed(percent > 99.95 || percent < 0.05 ? 0 : 1)}% left`;
write(rows[k].left, lost ? "lost in rounding" : left);
rows[k].fill.style.width = `${lost ? 100 : percent < 0.05 ? 0 : percent}%`;
rows[k].fill.classList.toggle("agt-over", over && !lost);
rows[k].fill.classList.toggle("agt-unknown", lost);
});
}
return { box, draw };
}
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
function valley(panels, height, bowls, state) {
const place = panel(panels, {
title: "",
words: "Lines of equal loss around the best params, and the path of the run",
xLabel: "off the best, steep direction",
yLabel: "off the best, flat direction",
height,
});
const rings = contours(place, Math.max(...bowls.map(({ levels }) => levels.length)));
const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: tag(place.over, "ghost") }));
const path = pathOf(place, state);
function draw(bowl, run, at, words, field, kept = []) {
const frame = frameOf(place, bowl);
path(Array.from({ length: at + 1 }, (_, step) => ends(errorsAt(bowl.runs, run, step))), words, frame);
field?.(frame);
ghosts.forEach((ghost, i) => {
const seen = kept[i]?.path ?? [];
ghost.path.draw(seen.map(([x]) => x), seen.map(([, y]) => y), frame);
ghost.name.show(false);
const last = ([frame.x(seen.at(-1)?.[0] ?? 0), frame.y(seen.at(-1)?.[1] ?? 0)]);
if (seen.length) ghost.name.place(frame, kept[i].words, around(last, kept[i].words, frame));
});
rings(bowl, frame);
return frame;
}
return { place, draw };
}
function startOf({ directions }, wanted) {
const given = directions.map(({ start }) => start);
const [x, y] = wanted.split(" ").map(Number);
return wanted ? [x, ...given.slice(1, -1), y] : given;
}
function ends(each) {
return [each[0], each[each.length - 1]];
}
function frameOf(place, { runs, spans, stretch }) {
const [steep, flat] = ends(runs.directions);
place.entitle(`Lines of equal mse, condition number ${figure(steep.curvature / flat.curvature)}`);
const [times, way] = stretch > 1 ? [stretch, "wider"] : [1 / stretch, "higher"];
place.remark(stretch === 1 ? "Drawn in its true shape." : `Drawn ${figure(times, 2)} times ${way} than it is.`);
const { width, height } = place.size();
const high = Math.max(spans[1], (spans[0] * stretch * height) / width);
const wide = (high * width) / height / stretch;
return place.axes([-wide, wide], [-high, high]);
}
const ROUND = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);
function contours(place, count) {
const drawn = Array.from({ length: count }, () => ({ ring: line(place.plot, "rest"), label: tag(place.over, "rest") }));
return function draw({ levels, runs }, frame) {
const [steep, flat] = ends(runs.directions);
const floor = runs.floor ?? 0;
let free = 40; // pixels from the middle that are taken
drawn.forEach(({ ring, label }, i) => {
const level = levels[i] ?? floor;
const shown = level > floor;
const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - floor)) / curvature));
ring.draw(ROUND.map((turn) => radii[0] * Math.cos(turn)), ROUND.map((turn) => radii[1] * Math.sin(turn)), frame, shown ? ROUND.length : 0);
const x = frame.x(radii[0]);
const half = halfOf(round(level));
const fits = shown && x - half > frame.width / 2 + free && x + half < frame.width;
label.show(false);
if (!fits) return;
label.place(frame, round(level), [[x, frame.height / 2 + 4]]);
free = x + half + 6 - frame.width / 2;
});
};
}
function round(level) {
return level >= 1e6 ? figure(level, 1) : level.toLocaleString("en-US");
}
function pathOf(place, state) {
const goal = svg("path", { class: "agt-goal" }, place.over);
const goalTag = tag(place.over, "best");
const way = line(place.plot, "present");
const stroke = (place.plot.lastElementChild).style;
const recent = line(place.plot, "present");
const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
const startTag = tag(place.over, "present");
const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
const nowTag = tag(place.over, "present");
if (state) startByHand(place, start, state);
return function draw(points, words, frame) {
const seen = points.map(([x, y]) => [frame.x(x), frame.y(y)]);
way.draw(points.map(([x]) => x), points.map(([, y]) => y), frame);
const crowded = lengthOf(seen) > 8 * (frame.width + frame.height); // what it crosses should show through
stroke.opacity = crowded ? "0.22" : "";
stroke.strokeWidth = crowded ? "1" : "";
const tail = crowded ? points.slice(-30) : [];
recent.draw(tail.map(([x]) => x), tail.map(([, y]) => y), frame);
const few = seen.length <= 201 && !crowded; // more of them would hide the line
const near = few ? seen.filter(([x, y]) => Math.abs(x) < 9999 && Math.abs(y) < 9999) : [];
beads.setAttribute("d", near.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""));
const [x, y] = [frame.x(0), frame.y(0)];
goal.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12`);
const [first, last] = [seen[0], seen[seen.length - 1]].map(([left, top]) => ([left, top]));
centre(start, first[0], first[1]);
centre(dot, last[0], last[1]);
const inside = last[0] >= 0 && last[0] <= frame.width && last[1] >= 0 && last[1] <= frame.height;
dot.toggleAttribute("hidden", !inside);
const away = Math.hypot(last[0] - first[0], last[1] - first[1]);
const begun = points.length > 1;
const out = `${words}: outside`;
for (const spot of [[x, y], first, last]) block(frame, spot[0], spot[1]);
nowTag.show(false);
if (begun) nowTag.place(frame, inside ? words : out, inside ? around(last, words, frame) : [[frame.width / 2, 16], [halfOf(out), 16], [frame.width / 2, frame.height - 8]]);
startTag.show(false);
if (!begun || away > 40 || !inside) startTag.place(frame, "start", around(first, "start", frame, 1));
goalTag.place(frame, "best possible", around([x, y], "best possible", frame, 1));
};
}
function startByHand(place, start, state) {
for (const [name, value] of Object.entries({ tabindex: 0, role: "img", "aria-label": "start of the run: arrow keys move it" })) start.setAttribute(name, String(value));
state.hold("start", (text) => /^\S+ \S+$/.test(text) && text.split(" ").every((each) => Math.abs(Number(each)) < 1e4));
const to = (x, y) => state.set("start", [x, y].map((each) => Number(each.toPrecision(6))).join(" "));
const begin = (left, top, byTouch) => {
const { width, height } = place.frame();
if (left < 0 || left > width || top < 0 || top > height) return false;
if (byTouch && Math.hypot(...["cx", "cy"].map((at, i) => Number(start.getAttribute(at)) - [left, top][i])) > 28) return false;
state.mark();
const { x, y } = dataAt(place.frame(), left, top);
to(x, y);
return true;
};
draggable(place, { begin, to, tapped: (left, top) => begin(left, top, false) });
start.addEventListener("keydown", (event) => {
const { key, repeat } = (event);
const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
if (!way) return;
event.preventDefault();
if (!repeat) state.mark();
const [left, top] = ["cx", "cy"].map((at, i) => Number(start.getAttribute(at)) + 6 * way[i]);
const { x, y } = dataAt(place.frame(), left, top);
to(x, y);
});
}
function lengthOf(spots) {
return spots.slice(1).reduce((sum, [x, y], i) => sum + Math.min(400, Math.hypot(x - spots[i][0], y - spots[i][1])), 0);
}
function buildOptimizers(panels, { heats }, state) {
panels.classList.add("agt-three");
keepLines(panels, 2, 4, 5);
const known = Object.values(heats).every(({ racers }) => racers.every(({ rule }) => rule));
const { place, draw } = valley(panels, 320, Object.values(heats).map(({ bowl }) => bowl), known ? state : undefined);
const losses = panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale, a line for each optimizer", xLabel: "step", height: 320 });
const bars = directionBars(panels);
const count = Math.max(...Object.values(heats).map(({ racers }) => racers.length));
const field = fieldOf(place, count);
const curves = curvesOf(losses, count);
let raced = { key: "", heat: heats.raw };
return function paint() {
const { optimizer, share, time, start } = state.values;
const given = heats[time];
const key = `${time} ${start}`;
if (start && raced.key !== key) raced = { key, heat: racedHere(given, startOf(given.bowl.runs, start)) };
const heat = start ? raced.heat : given;
const { bowl, steps, racers } = heat;
const at = stopAt(share, steps.length - 1);
const chosen = Math.max(0, racers.findIndex(({ name }) => name === optimizer));
const nows = racers.map((_, racer) => nowOf(bowl.runs, racer, at));
const now = nows[chosen];
draw(bowl, chosen, now.at, racers[chosen].name, (frame) => field(nows.map(({ errors }) => ends(errors)), heat, chosen, now.at > 0, frame));
curves(nows, heat, chosen);
bars.draw(now);
return { ...standing(nows, heat, chosen), own: start ? HERE : "" };
};
}
function racedHere({ bowl, steps, racers, turn }, start) {
const { runs } = bowl;
const floor = runs.floor ?? 0;
const lossAt = (e) => e.reduce((sum, each, k) => sum + (runs.directions[k].curvature * each * each) / 2, floor);
const goal = floor > 1e-12 * lossAt(start) ? 1.01 ** 2 * floor : 1e-7 * lossAt(start);
const found = racers.map(({ rule, settings }) => {
const next = RULES[rule ?? "Descent"](settings, start.length);
const errors = start.map(() => new Float64Array(steps.length));
const losses = new Float64Array(steps.length);
let [e, arrival] = [start, 0];
for (let step = 0, kept = 0; kept < steps.length; step++) {
const loss = lossAt(e);
if (!(loss <= goal)) arrival = step + 1;
if (step === steps[kept]) {
losses[kept] = loss;
errors.forEach((along, k) => (along[kept] = e[k]));
kept += 1;
}
const slopes = turn.map((row) => row.reduce((sum, each, k) => sum + each * runs.directions[k].curvature * e[k], 0));
const by = next(slopes);
e = e.map((each, k) => each - settings[0] * turn.reduce((sum, row, j) => sum + row[k] * by[j], 0));
}
return { losses, errors, arrival: arrival > steps[steps.length - 1] ? null : arrival };
});
return {
bowl: {
...bowl,
runs: {
...runs,
losses: found.map(({ losses }) => losses),
errors: start.map((_, k) => found.map(({ errors }) => errors[k])),
directions: runs.directions.map((each, k) => ({ ...each, start: start[k] })),
},
},
steps,
turn,
racers: racers.map((racer, i) => ({ ...racer, arrival: found[i].arrival })),
};
}
const RULES = {
Descent: () => (slopes) => slopes,
Momentum: ([, beta], count) => {
let speed = new Array(count).fill(0);
return (slopes) => (speed = speed.map((each, k) => beta * each + slopes[k]));
},
Nesterov: ([, beta], count) => {
let speed = new Array(count).fill(0);
return (slopes) => {
speed = speed.map((each, k) => beta * each + slopes[k]);
return slopes.map((slope, k) => slope + beta * speed[k]);
};
},
Adam: ([, first, second, eps], count) => {
let [mean, square, steps] = [new Array(count).fill(0), new Array(count).fill(0), 0];
return (slopes) => {
steps += 1;
mean = mean.map((each, k) => first * each + (1 - first) * slopes[k]);
square = square.map((each, k) => second * each + (1 - second) * slopes[k] ** 2);
return mean.map((each, k) => each / (1 - first ** steps) / (Math.sqrt(square[k] / (1 - second ** steps)) + eps));
};
},
};
function stopAt(share, last) {
const even = Math.min(last, 100) / 100;
return Math.round(even * share + (last - 100 * even) * (share / 100) ** 2);
}
const MARKS = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", "M-4.5 -4.5h9v9h-9z", "M0 -6l6 10.5h-12z", "M0 -6.5l6.5 6.5l-6.5 6.5l-6.5 -6.5z"];
function look(racer) {
return `rival-${racer % MARKS.length}`;
}
function fieldOf(place, count) {
const drawn = Array.from({ length: count }, (_, i) => ({
mark: svg("path", { class: `agt-mark agt-${look(i)}`, d: MARKS[i % MARKS.length] }, place.over),
label: tag(place.over, look(i)),
}));
return function draw(spots, { racers }, chosen, begun, frame) {
const seen = spots.map(([x, y]) => ([frame.x(x), frame.y(y)]));
const shown = drawn.map(({ mark, label }, i) => {
const [x, y] = seen[i] ?? [-1, -1];
const inside = begun && i !== chosen && i < racers.length && x >= 0 && x <= frame.width && y >= 0 && y <= frame.height;
mark.toggleAttribute("hidden", !inside);
if (inside) mark.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
label.show(false);
if (inside) block(frame, x, y);
return inside;
});
shown.forEach((inside, i) => inside && drawn[i].label.place(frame, racers[i].name, around(seen[i], racers[i].name, frame, 1)));
};
}
function curvesOf(place, count) {
const floorLine = line(place.plot, "best");
const floorTag = tag(place.over, "best");
const others = Array.from({ length: count }, (_, i) => ({ curve: line(place.plot, look(i)), name: lineTag(place.over, look(i)) }));
const present = { curve: line(place.plot, "present"), name: lineTag(place.over, "present") };
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
return function draw(nows, { bowl, racers, steps }, chosen) {
const least = bowl.runs.floor ?? 0;
const top = Math.max(...nows.flatMap(({ all }) => Array.from(all).filter(Number.isFinite)));
const frame = place.axes([0, steps[steps.length - 1]], [Math.max(least, top * 1e-9) / 4, top * 3], true);
const found = nows.map(({ all, at }) => pixels(steps, all, frame, at + 1));
const low = Math.min(frame.height - 26, frame.y(Math.max(least, 1e-300)));
floorLine.draw([0, steps[steps.length - 1]], [least, least], frame, least > 0 ? 2 : 0);
const goal = `best possible ${figure(least)}`;
const [x, y] = found[chosen][found[chosen].length - 1];
const height = Math.max(0, Math.min(frame.height, y));
block(frame, x, height);
floorTag.place(frame, goal, [[frame.width - halfOf(goal), low + 20], [halfOf(goal), low + 20]]);
const marks = thinned(found.flat(), 120);
present.name(racers[chosen].name, thinned(found[chosen], 24), marks, frame);
present.curve.draw(steps, nows[chosen].all, frame, nows[chosen].at + 1);
centre(dot, x, height);
others.forEach(({ curve, name }, i) => {
const shown = i !== chosen && i < racers.length;
curve.draw(steps, nows[i]?.all ?? [], frame, shown ? nows[i].at + 1 : 0);
name(racers[i]?.name ?? "", shown ? thinned(found[i], 24) : [], marks, frame);
});
place.remark(racers[chosen].how);
};
}
function thinned(points, count) {
const every = Math.max(1, Math.ceil(points.length / count));
return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
function standing(nows, { bowl, racers, steps }, chosen) {
const { all, at, count, exploded, step } = nows[chosen];
const [now, { name, arrival }] = [steps[step], racers[chosen]];
const loss = figure(all[at]);
const goal = `the best possible is ${figure(bowl.runs.floor ?? 0)}`;
const value = `after ${words(now)}, ${name} has a loss of ${loss}`;
if (exploded) return { verdict: `${figure(steps[count])} steps, and out.`, words: `The run of ${name} ${ended(all[count])}.`, value };
if (!now) return { verdict: "At the start.", words: `The mse is ${loss}; ${goal}.`, value };
const there = racers.filter((each) => each.arrival !== null && each.arrival <= now).sort((one, other) => (one.arrival ?? 0) - (other.arrival ?? 0));
const [first, ...rest] = there.map((each) => [each.name, (each.arrival ?? 0).toLocaleString("en-US")]);
const board = first ? ` Within 1%: ${[`${first[0]} since step ${first[1]}`, ...rest.map(([who, since]) => `${who} ${since}`)].join(", ")}.` : "";
const verdict = arrival !== null && arrival <= now ? "Arrived." : arrival === null && step === steps.length - 1 ? "Not there." : "On the way.";
return { verdict, words: `After ${words(now)} ${name} has an mse of ${loss}; ${goal}.${board}`, value };
}
function words(steps) {
return steps === 1 ? "1 step" : `${steps.toLocaleString("en-US")} steps`;
}
wake("optimizers", buildOptimizers);
void widget(buildOptimizers);
}
