{
const { disable, html, svg, write } = agt;
const { wake, widget } = agt;
const FITS = 330;
const TALLEST = 480;
const WIDE = 560;
const LEAST = 120;
const SMALLEST = 0.8;
const ROWS = 3;
const STRIP = 56;
function buildGraph(panels, graph, state) {
const box = html("div", { class: "agt-panel agt-graph" }, panels);
const tools = html("div", { class: "agt-zoom" }, box);
const where = html("span", {}, tools);
const up = button(tools, "Close", () => open(graph.views[shown].up));
const into = button(tools, "Open", () => open(openable()));
button(tools, "−", () => resize(1 / 1.4), "Smaller");
button(tools, "+", () => resize(1.4), "Larger");
const full = button(tools, "Full screen", () => toggleFull(box.closest(".agt") ?? box));
full.hidden = !document.fullscreenEnabled;
up.hidden = into.hidden = graph.views.length < 2;
const view = html("div", { class: "agt-scroll", role: "group", tabindex: 0, "aria-label": "The graph, from leaves to result; it scrolls" }, box);
const strip = graph.sizes.length ? stripOf(box, graph, state) : () => {};
const ledger = ledgerOf(box);
listOfSteps(box, graph.steps.slice(1));
let shown = 0;
let zoom = 1;
let room = 0;
state.restart = () => ([shown, zoom] = [0, 1]);
let drawn = "";
let parts = [];
function resize(by) {
zoom = Math.max(0.4, Math.min(2.5, zoom * by));
state.tell();
}
function open(which) {
shown = Math.max(0, which);
const inside = graph.views[shown].boxes.filter(({ opens }) => opens !== graph.views[shown].up || !shown);
const [first, last] = [Math.min(...inside.map(({ step }) => step || 1e9)), Math.max(...inside.map(({ until }) => until))];
const at = state.values.step;
if (at && (at < first || at > last)) state.set("step", first);
state.tell();
}
const openable = () => graph.views[shown].boxes.find(({ step, until, opens }) => opens >= 0 && step <= state.values.step && state.values.step <= until)?.opens ?? -1;
return function paint() {
const at = state.values.step;
const wide = view.clientWidth - 4;
const fits = document.fullscreenElement ? window.innerHeight * 0.6 : FITS;
const wanted = [shown, zoom, wide, fits].join();
const fresh = drawn !== wanted && wide > 0;
if (fresh) {
const lines = linesOf(graph.views[shown], wide, zoom, fits);
const tallest = wide < WIDE ? fits : Math.max(fits, TALLEST);
view.style.height = `${Math.max(LEAST, Math.min(tallest, total(lines)) + 6)}px`;
parts = drawRows(view, graph.views[shown], lines, (each) => (each.opens < 0 ? state.set("step", each.step) : open(each.opens)));
drawn = wanted;
}
if (wide && wide !== room) keepRoom(box, graph.steps, ledger);
room = wide;
for (const each of parts) each(at);
strip(at);
ledger(graph.steps[at]);
write(where, graph.views[shown].name || (shown ? "a part of it" : ""));
write(full, document.fullscreenElement ? "Leave full screen" : "Full screen");
disable(up, !shown);
disable(into, openable() < 0);
if (wide) follow(view, fresh);
const { verdict, words, value } = graph.steps[at];
return { verdict, words, value };
};
}
function button(parent, text, act, label) {
const made = html("button", { type: "button", class: "agt-button agt-tool", text, ...(label && { "aria-label": label }) }, parent);
made.addEventListener("click", act);
return made;
}
function toggleFull(root) {
if (document.fullscreenElement) document.exitFullscreen();
else root.requestFullscreen();
}
function linesOf({ pitch, box, columns, boxes, arrows }, wide, zoom, tallest) {
const gap = pitch - box;
const room = Math.max(1, Math.min(columns, Math.floor((wide / (SMALLEST * zoom) + gap) / pitch)));
const each = Math.ceil(columns / Math.ceil(columns / room));
const width = each * pitch - (each < columns ? 0 : gap) + 14;
const rows = [];
for (let k = 0; k < columns; k += each) {
const left = k * pitch - (each < columns ? gap - 4 : 6);
const spots = arrows.flatMap(({ route, label }) => [...route.filter(([x]) => x >= left && x <= left + width), ...(label && label[0] >= left && label[0] <= left + width ? [[label[0], label[1]]] : [])]);
const own = boxes.filter(({ place: [x] }) => x >= left && x < left + width);
const top = Math.min(...own.map(({ place }) => place[1]), ...spots.map(([, y]) => y - 12)) - 4;
const bottom = Math.max(...own.map(({ place }) => place[1] + place[3]), ...spots.map(([, y]) => y + 6)) + 4;
rows.push({ left, top, width, height: bottom - top });
}
const most = Math.min(zoom * 1.05, wide / width);
const fits = tallest / rows.reduce((sum, { height }) => sum + height + 7, 0);
return { rows, scale: Math.min(most, Math.max(SMALLEST * zoom, fits)) };
}
const total = ({ rows, scale }) => rows.reduce((sum, { height }) => sum + height * scale + 6, 0);
function drawRows(parent, view, { rows, scale }, press) {
parent.replaceChildren();
return rows.flatMap(({ left, top, width, height }, k) => {
const look = { width: width * scale, height: height * scale, viewBox: `${left} ${top} ${width} ${height}` };
const drawing = svg("svg", { ...look, role: "img", "aria-label": `Boxes and arrows, row ${k + 1} of ${rows.length}; each step is told in words` }, parent);
const here = (x) => x >= left && x < left + width;
const passing = view.arrows.filter(({ route }) => route[0][0] < left + width && route[route.length - 1][0] > left);
const arrows = passing.map((each) => (each.label && here(each.label[0]) && here(each.label[0] + 16) ? each : { ...each, label: null }));
const boxes = view.boxes.filter(({ place: [x] }) => here(x) && here(x + 9));
return [...arrows.map((each) => drawnArrow(drawing, each)), ...boxes.map((each) => drawnBox(drawing, each, press))];
});
}
function mark(element, name, { step, until = step }, at) {
const phase = !step ? "never" : step > at ? "waits" : at <= until ? "current" : "passed";
element.setAttribute("class", `${name} agt-${phase}`);
}
function drawnArrow(drawing, { route, label, step }) {
const line = svg("path", { d: smooth(route) }, drawing);
const head = ([x, y], way) => svg("path", { d: `M${x - way} ${y - 4}L${x} ${y}L${x - way} ${y + 4}` }, drawing);
const tip = head(route[route.length - 1], 7);
const back = head(route[0], -7);
const text = label ? svg("text", { x: label[0], y: label[1], text: label[2] }, drawing) : null;
return (at) => {
mark(line, "agt-arrow", { step }, at);
mark(tip, "agt-tip agt-there", { step }, at);
mark(back, "agt-tip agt-back", { step }, at);
if (text) mark(text, "agt-flow", { step }, at);
};
}
function smooth(route) {
return route
.map(([x, y], k) => {
if (!k) return `M${x} ${y}`;
const [fromX, fromY] = route[k - 1];
const half = (fromX + x) / 2;
return k % 2 ? `C${half} ${fromY} ${half} ${y} ${x} ${y}` : `L${x} ${y}`;
})
.join("");
}
function drawnBox(drawing, box, press) {
const { place: [x, y, width, height], lines, kind, step } = box;
const group = svg("g", {}, drawing);
svg("rect", { x, y, width, height, rx: kind === "leaf" ? 14 : 4 }, group);
lines.forEach((line, k) => svg("text", { class: `agt-row-${k}`, x: x + width / 2, y: y + 17 + 17 * k, text: line }, group));
if (step) group.addEventListener("click", () => press(box));
return (at) => mark(group, `agt-node agt-kind-${kind}`, box, at);
}
function follow(view, first) {
const rect = view.querySelector("g.agt-current rect")?.getBoundingClientRect();
const frame = view.getBoundingClientRect();
if (!rect && !first) return;
if (!rect) return view.scrollTo({ top: view.scrollHeight, behavior: "instant" });
if (rect.top >= frame.top + 4 && rect.bottom <= frame.bottom - 4) return;
const calm = first || matchMedia("(prefers-reduced-motion: reduce)").matches;
const top = view.scrollTop + (rect.top + rect.bottom - frame.top - frame.bottom) / 2;
view.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
}
function stripOf(parent, { sizes, path, leaves: steps }, state) {
const leaves = new Set(steps);
html("p", { class: "agt-note", text: path }, parent);
const powers = sizes.map((size) => (size ? Math.log10(size) : null));
const known = powers.filter((power) => power !== null);
const [low, high] = [Math.floor(Math.min(0, ...known)), Math.ceil(Math.max(0, ...known))];
const drawing = svg("svg", { class: "agt-strip", viewBox: `0 0 ${sizes.length} ${STRIP}`, preserveAspectRatio: "none", height: STRIP, role: "img", "aria-label": path }, parent);
const bars = powers.map((power, k) => {
const height = power === null ? 3 : 4 + ((power - low) / (high - low || 1)) * (STRIP - 4);
const bar = svg("rect", { x: k + 0.1, y: STRIP - height, width: 0.8, height, opacity: leaves.has(k + 1) ? 1 : 0.45 }, drawing);
bar.addEventListener("click", () => state.set("step", k + 1));
return bar;
});
html("p", { class: "agt-axis", text: `Each step from the first, at the left, to the last: what came in, from 1e${low} to 1e${high}; leaves are stronger.` }, parent);
return (at) => bars.forEach((bar, k) => mark(bar, "agt-size", { step: k + 1 }, at));
}
function ledgerOf(parent) {
const ledger = html("div", { class: "agt-ledger" }, parent);
const note = html("p", {}, ledger);
const table = html("table", {}, ledger);
const head = html("tr", {}, html("thead", {}, table));
for (const text of ["came in", "× local", "= out", "to"]) html("th", { scope: "col", text }, head);
const body = html("tbody", {}, table);
return function draw(step) {
write(note, step.note);
table.hidden = !step.rows.length;
head.hidden = step.rows[0]?.length === 2;
body.replaceChildren();
for (const row of step.rows.slice(0, ROWS)) {
const line = html("tr", {}, body);
row.forEach((text, k) => html("td", { text, colspan: k === 1 && row.length === 2 ? 3 : 1 }, line));
}
const more = step.rows.length - ROWS;
if (more > 0) write(note, `${step.note} The first ${ROWS} of ${ROWS + more} ways on:`.trim());
};
}
function keepRoom(box, steps, ledger) {
const words = box.closest(".agt")?.querySelector(".agt-words");
const probe = html("p", { class: "agt-words" });
words?.after(probe);
probe.style.fontWeight = "600";
const tables = (box.querySelector(".agt-ledger"));
const weight = ({ rows, note, words }) => 40 * Math.min(ROWS, rows.length) + rows.slice(0, ROWS).flat().join(note + words).length;
const longest = [steps[0], ...[...steps].sort((a, b) => weight(b) - weight(a)).slice(0, 60)];
const tallest = (element, put) => {
element.style.minHeight = "0";
return Math.max(...longest.map((each) => (put(each), element.offsetHeight)));
};
const said = tallest(probe, ({ verdict, words }) => write(probe, `${verdict} ${words}`));
tables.style.minHeight = `${tallest(tables, ledger)}px`;
probe.remove();
if (words instanceof HTMLElement) words.style.minHeight = `${said}px`;
}
function listOfSteps(parent, steps) {
const details = html("details", {}, parent);
html("summary", { text: "All steps in words" }, details);
const list = html("ol", {}, details);
for (const { verdict, words } of steps) html("li", { text: `${verdict} ${words}` }, list);
}
wake("graph", buildGraph);
void widget(buildGraph);
}
