{
const { html, svg, keepLines, write, figure, scientific, decimal, plural, listed, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, player, followLink, addressOf, unpack, unspread, fromBase64, followTheme, widget, wake } = agt;
const TALLEST = 280; // pixels; what is higher scrolls
const LEAST = 170;
const ROWS = 3; // lines of the ledger for which room is kept
function buildGraph(panels, graph, state) {
const box = html("div", { class: "agt-panel agt-graph" }, panels);
const view = html("div", { class: "agt-scroll", role: "group", tabindex: 0, "aria-label": "The graph, from leaves to result; it scrolls" }, box);
view.style.height = `${Math.max(LEAST, Math.min(TALLEST, graph.height + 18))}px`;
const drawing = svg("svg", { width: graph.width, height: graph.height, role: "img", "aria-label": "Boxes and arrows; each step is told in words" }, view);
const arrows = graph.arrows.map((arrow) => drawnArrow(drawing, arrow));
const boxes = graph.boxes.map((each) => drawnBox(drawing, each, state));
const ledger = ledgerOf(box);
listOfSteps(box, graph.steps.slice(1));
let followed = -1;
return function paint() {
const at = state.values.step;
for (const each of [...arrows, ...boxes]) each(at);
const wider = !at && view.scrollWidth > view.clientWidth;
ledger(wider ? { ...graph.steps[0], note: "The drawing scrolls sideways for more." } : graph.steps[at]);
if (followed !== at && view.clientWidth) follow(view, graph.boxes.find(({ step }) => step === Math.max(1, at)), followed < 0);
if (view.clientWidth) followed = at;
const { verdict, words, value } = graph.steps[at];
return { verdict, words, value };
};
}
function mark(element, name, step, at) {
const phase = !step ? "never" : step > at ? "waits" : step === at ? "current" : "passed";
element.setAttribute("class", `${name} agt-${phase}`);
}
function drawnArrow(drawing, { route, label, step }) {
const line = svg("path", { d: smooth(route) }, drawing);
const [x, y] = route[route.length - 1];
const tip = svg("path", { d: `M${x - 7} ${y - 4}L${x} ${y}L${x - 7} ${y + 4}` }, drawing);
const text = label ? svg("text", { x: label[0], y: label[1], text: label[2] }, drawing) : null;
return (at) => {
mark(line, "agt-arrow", step, at);
mark(tip, "agt-tip", step, at);
if (text) mark(text, "agt-flow", step, at);
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
function drawnBox(drawing, { place: [x, y, width, height], lines, kind, step }, state) {
const group = svg("g", {}, drawing);
svg("rect", { x, y, width, height, rx: kind === "leaf" ? 14 : 4 }, group);
lines.forEach((line, k) => svg("text", { class: `agt-row-${k}`, x: x + width / 2, y: y + 17 + 17 * k, text: line }, group));
if (step) group.addEventListener("click", () => state.set("step", step));
return (at) => mark(group, `agt-node agt-kind-${kind}`, step, at);
}
function follow(view, box, first) {
if (!box) return;
const [x, y, width, height] = box.place;
const calm = first || matchMedia("(prefers-reduced-motion: reduce)").matches;
const left = x + width / 2 - view.clientWidth * 0.6;
view.scrollTo({ left, top: y + height / 2 - view.clientHeight / 2, behavior: calm ? "instant" : "smooth" });
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
body.replaceChildren();
for (const row of step.rows.slice(0, ROWS)) {
const line = html("tr", {}, body);
for (const text of row) html("td", { text }, line);
}
const more = step.rows.length - ROWS;
if (more > 0) write(note, `${step.note} The first ${ROWS} of ${ROWS + more} ways on:`.trim());
};
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
