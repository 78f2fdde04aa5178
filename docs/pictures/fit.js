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
const NO_CURVE = ({ xs: [], ys: [], words: "" });
function curvesOver(place, time, speed, ys, hold) {
const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: lineTag(place.over, "ghost") }));
const bestLine = line(place.plot, "best");
const presentLine = line(place.plot, "present");
const bestTag = lineTag(place.over, "best");
const presentTag = lineTag(place.over, "present");
const outside = tag(place.over, "present");
let preds = ([]);
let measured = { time, speed };
const dots = points(place, time.length, (i) => pointInWords(measured.time[i], measured.speed[i], preds[i]), hold);
const xs = endsOf(time);
return function draw(present, best, atPoints, now = { time, speed }, kept = []) {
preds = atPoints;
measured = now;
const frame = place.axes(xs, ys);
presentLine.draw(present.xs, present.ys, frame);
bestLine.draw(best.xs, best.ys, frame);
dots.draw(now.time, now.speed, frame);
const [marks, way, goal, ...olds] = [{ xs: now.time, ys: now.speed }, present, best, ...kept].map((each) => pixels(each.xs, each.ys, frame, each.xs.length));
for (const [x, y] of marks) block(frame, x, y, 4);
const said = presentTag(present.words, way, [...marks, ...goal], frame);
const out = `${present.words}: outside`;
outside.show(false);
if (!said) outside.place(frame, out, [[frame.width / 2, 14], [frame.width / 2, 40], [halfOf(out), 14], [frame.width / 2, frame.height - 8]]);
bestTag(best.words, goal, [...marks, ...way], frame);
ghosts.forEach(({ path, name }, i) => {
path.draw(kept[i]?.xs ?? [], kept[i]?.ys ?? [], frame);
name(kept[i]?.words ?? "", olds[i] ?? [], [...marks, ...way, ...goal], frame);
});
};
}
function pointInWords(time, speed, pred) {
const said = `t = ${figure(time, 3)} s: ${figure(speed, 3)} measured`;
return pred === undefined ? said : `${said}, ${figure(pred, 3)} predicted`;
}
function pulling(state, { time, speed }) {
const near = [time, speed].map((all) => [Math.min(...all), Math.max(...all)]).map(([low, high]) => (value) => Math.abs(value - low) <= 10 * (high - low || 1));
state.hold("pulled", (text) => {
const places = text.split(" ").map((each) => each.split(":").map((part) => (part ? Number(part) : NaN)));
const times = [...time];
for (const [i, t] of places) times[i] = t;
return places.every(([i, t, s, ...more]) => i in speed && near[0](t) && near[1](s) && !more.length) && new Set(times).size > 1;
});
const pulled = () => String(state.values.pulled).split(" ").filter(Boolean).map((each) => each.split(":").map(Number));
return {
now() {
const moved = { time: [...time], speed: [...speed] };
for (const [i, t, s] of pulled()) [moved.time[i], moved.speed[i]] = [t, s];
return moved;
},
hold: {
begin: () => state.mark(),
to: (index, t, s) => {
const rest = pulled().filter(([i]) => i !== index);
const [at, up] = [t, s].map((each) => Number(each.toPrecision(6)));
const all = [...rest, [index, at, up]];
state.set("pulled", all.map((each) => each.join(":")).join(" "));
},
},
};
}
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
