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
const ROW_HEIGHT = 17; // pixels
const HEAD_HEIGHT = 24;
const FOOT_HEIGHT = 34;
const NAMES = ["v", "a: t²", "b: t", "c: 1"];
const SHARES = [1.2, 1.1, 0.9, 0.8]; // of the width
function buildVectors(panels, { time, J, weighted }, state) {
keepLines(panels, 2, 3, 3);
const place = panel(panels, {
title: "Rows of J, times v, added up",
words: "A table with a row for each point: t, v, and a row of J, which is t squared, t and 1",
xLabel: "",
height: HEAD_HEIGHT + ROW_HEIGHT * time.length + FOOT_HEIGHT,
});
place.remark("bars: v · entry, own scale each");
const draw = tableOf(place, time, (first, last) => {
state.set("first", first);
state.set("many", last - first + 1);
});
return function paint() {
const { kind, first, many } = state.values;
const last = Math.min(time.length, first + many) - 1;
const sums = weighted[kind].sums[first][many - 1];
draw(J, weighted[kind].v, sums, first, last);
const value = `vᵀJ = ${Array.from(sums, total).join("; ")}`;
return { verdict: `${value}.`, words: inWords(kind === "mse slopes", time, first, last, many), value };
};
}
function inWords(slopes, time, first, last, asked) {
if (last - first + 1 === time.length) return slopes ? `That of t = ${brief(time[0])} to ${brief(time[last])}.` : "The gradient of preds.sum().";
const [one, other] = [first, last].map((row) => brief(time[row]));
const some = last - first + 1 < asked ? ` (${last - first + 1} of ${asked})` : "";
const rows = (first === last ? `t = ${one}` : `t = ${one} to ${other}`) + some;
if (slopes) return `What ${rows} ${first === last ? "adds" : "add"} to that of all rows.`;
return first === last ? `How far the prediction at ${rows} moves for 1 of a, b, c.` : `How far the predictions at ${rows} move in sum.`;
}
function brief(value) {
const size = Math.abs(value);
if (size >= 1e5 || (size > 0 && size < 1e-3)) return figure(value, 2);
return Number(value.toPrecision(3)).toLocaleString("en-US");
}
function total(sum) {
return Number.isInteger(sum) && Math.abs(sum) < 1e6 ? sum.toLocaleString("en-US") : figure(sum);
}
function tableOf(place, time, choose) {
const group = svg("g", {}, place.drawing);
const foot = HEAD_HEIGHT + ROW_HEIGHT * time.length;
const corner = cell(group, "t (s)");
const heads = NAMES.map((name) => cell(group, name));
const rows = time.map(() => rowOf(group));
const zeros = NAMES.map(() => svg("line", { class: "agt-line agt-rest", y1: HEAD_HEIGHT - 4, y2: foot }, group));
const rule = svg("line", { class: "agt-line agt-rest", x1: 0, y1: foot + 3, y2: foot + 3 }, group);
const label = tag(group, "present", "end");
const totals = NAMES.slice(1).map(() => tag(group, "present", "end"));
followPointer(rows.map(({ hit }) => hit), choose);
return function draw(J, v, sums, first, last) {
const entries = J.map((row, i) => [v[i], ...row]);
const products = entries.map(([weight, ...row]) => [weight, ...row.map((entry) => weight * entry)]);
const width = place.whole();
const columns = NAMES.map((_, k) => columnOf(k, width, entries.map((row) => row[k]), products.map((row) => row[k])));
stand(corner, 30, 14);
rule.setAttribute("x2", String(width));
columns.forEach(({ edge, zero }, k) => {
stand(heads[k], edge, 14);
for (const end of ["x1", "x2"]) zeros[k].setAttribute(end, zero.toFixed(1));
});
rows.forEach((row, i) => row.draw(HEAD_HEIGHT + ROW_HEIGHT * i, width, time[i], columns, entries[i], products[i], i >= first && i <= last));
label.put(columns[0].edge, foot + 23, "vᵀJ");
totals.forEach((each, k) => {
const [{ at, edge }, words] = [columns[k + 1], total(sums[k])];
each.put(Math.max(edge, at + 7.9 * words.length), foot + 23, words);
});
};
}
function columnOf(k, width, entries, products) {
const unit = (width - 40) / SHARES.reduce((sum, share) => sum + share, 0);
const at = 40 + unit * SHARES.slice(0, k).reduce((sum, share) => sum + share, 0);
const wide = unit * SHARES[k];
const edge = at + 6 + 6.8 * Math.max(...entries.map((entry) => brief(entry).length), 3);
const [low, high] = [Math.min(0, ...products), Math.max(0, ...products)];
const scale = Math.max(4, at + wide - 8 - (edge + 7)) / (high - low || 1);
return { at, edge, zero: edge + 7 - low * scale, scale };
}
function rowOf(group) {
const box = svg("g", { role: "img" }, group);
const hit = svg("rect", { x: 0, height: ROW_HEIGHT }, box);
hit.style.cursor = "pointer";
const name = cell(box, "");
const figures = NAMES.map(() => cell(box, ""));
const bars = NAMES.map(() => svg("rect", { class: "agt-now", height: ROW_HEIGHT - 5 }, box));
for (const each of [name, ...figures, ...bars]) each.style.pointerEvents = "none";
function draw(y, width, t, columns, entries, products, lit) {
hit.setAttribute("y", String(y));
hit.setAttribute("width", String(width));
hit.style.fill = lit ? "var(--line)" : "transparent";
const words = entries.map((entry, k) => brief(k || lit ? entry : 0));
box.setAttribute("aria-label", `t = ${brief(t)} s: v ${words[0]}; row of J ${words.slice(1).join("; ")}`);
for (const each of [name, ...figures]) each.style.fill = lit ? "var(--ink)" : "";
write(name, brief(t));
stand(name, 30, y + 13);
columns.forEach(({ edge, zero, scale }, k) => {
write(figures[k], words[k]);
stand(figures[k], edge, y + 13);
const long = scale * Math.abs(products[k]);
bars[k].toggleAttribute("hidden", !lit || !long);
bars[k].setAttribute("x", (products[k] < 0 ? zero - long : zero).toFixed(1));
bars[k].setAttribute("y", String(y + 2.5));
bars[k].setAttribute("width", long.toFixed(1));
});
}
return { hit, draw };
}
function followPointer(hits, choose) {
let anchor = -1;
hits.forEach((hit, i) => {
hit.addEventListener("click", () => choose(i, i));
hit.addEventListener("pointerdown", (event) => {
anchor = i;
if ((event).pointerType !== "mouse") return;
event.preventDefault();
choose(i, i);
});
hit.addEventListener("pointerenter", (event) => {
const { buttons, pointerType } = (event);
if (pointerType === "mouse" && buttons & 1 && anchor >= 0) choose(Math.min(i, anchor), Math.max(i, anchor));
});
});
}
wake("vectors", buildVectors);
void widget(buildVectors);
}
