{
const { keepLines, svg, write } = agt;
const { wake, widget } = agt;
const { figure } = agt;
const { cell, panel, stand, tag } = agt;
const ROW_HEIGHT = 17;
const HEAD_HEIGHT = 24;
const FOOT_HEIGHT = 34;
const NAMES = ["v", "a: t²", "b: t", "c: 1"];
const SHARES = [1.2, 1.1, 0.9, 0.8];
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
