const agt = (() => {
const SVG = "http://www.w3.org/2000/svg";
function html(name, attributes = {}, parent) {
return (dress(document.createElement(name), attributes, parent));
}
function svg(name, attributes = {}, parent) {
return (dress(document.createElementNS(SVG, name), attributes, parent));
}
function dress(element, attributes, parent) {
for (const [key, value] of Object.entries(attributes)) {
if (key === "text") element.textContent = String(value);
else element.setAttribute(key, String(value));
}
parent?.append(element);
return element;
}
function write(element, text) {
if (element.textContent !== text) element.textContent = text;
}
function figure(value, digits = 4) {
if (Number.isNaN(value)) return "nan";
if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
const size = Math.abs(value);
if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1).replace("e+", "e");
if (Number(size.toPrecision(digits)) >= 10 ** (digits - 1)) return Math.round(value).toLocaleString("en-US");
return value.toPrecision(digits);
}
function scientific(value) {
return value.toExponential(2).replace(/e\+0$/, "").replace("e+", "e");
}
function decimal(value, digits = 3) {
const places = digits - 1 - Math.floor(Math.log10(value));
return value.toFixed(Math.max(0, Math.min(20, places)));
}
function plural(count, word) {
return `${count} ${word}${count === 1 ? "" : "s"}`;
}
function listed(words) {
return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
function nowOf(runs, run, step, loss = "mse") {
const all = runs.losses[run];
const end = all.findIndex((value) => !Number.isFinite(value));
const count = end < 0 ? all.length : end;
const at = Math.min(step, count - 1);
const [errors, before] = [at, Math.max(0, at - 1)].map((then) => errorsAt(runs, run, then));
return { loss, step, at, all, count, errors, before, runs, exploded: step >= count };
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
if (floor !== null && left <= 0.01 * floor + 1e-7 * all[0]) return { verdict: "Learned.", why: "" };
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
rows[k].fill.style.width = `${lost || percent < 0.05 ? 0 : percent}%`;
rows[k].fill.classList.toggle("agt-over", over);
});
}
return { box, draw };
}
function scale(domain, range, log = false) {
const turn = log ? Math.log10 : Number;
const [low, high] = domain.map((value) => turn(value));
const stretch = (range[1] - range[0]) / (high - low || 1);
return (value) => range[0] + (turn(value) - low) * stretch;
}
function endsOf(values) {
return [values.reduce((one, other) => Math.min(one, other)), values.reduce((one, other) => Math.max(one, other))];
}
function roomy(values, share) {
const [low, high] = endsOf(values);
const room = share * (high - low) || 1;
return [low - room, high + room];
}
function ticks(domain, count, log = false) {
return log ? powers(domain, count) : rounds(domain, count);
}
function rounds([low, high], count) {
const rough = (high - low) / Math.max(1, count) || 1;
const power = 10 ** Math.floor(Math.log10(rough));
const step = power * ([1, 2, 2.5, 5, 10].find((times) => times * power >= rough) ?? 10);
const found = [];
for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) found.push(i * step);
return found;
}
function powers([low, high], count) {
const first = Math.ceil(Math.log10(low) - 1e-9);
const last = Math.floor(Math.log10(high) + 1e-9);
const every = Math.max(1, Math.ceil((last - first + 1) / count));
const found = [];
for (let power = first; power <= last; power += every) found.push(10 ** power);
return found;
}
function valueAt({ ends, step, log }, stop) {
return log ? 10 ** (Math.log10(ends[0]) + stop * step) : Number((ends[0] + stop * step).toFixed(9));
}
function stopOf(slider, value) {
const last = lastStop(slider);
return Math.max(0, Math.min(last, Math.round(scale(slider.ends, [0, last], slider.log)(value))));
}
function lastStop({ ends, step, log }) {
const [low, high] = log ? ends.map(Math.log10) : ends;
return Math.round((high - low) / step);
}
class State {
constructor(controls) {
this.controls = controls;
this.values = {};
this.listeners = new Set();
this.writers = new Set();
this.frame = 0;
for (const { name, value } of controls) this.values[name] = this.nearest(name, value);
}
control(name) {
return this.controls.find((each) => each.name === name);
}
nearest(name, value) {
const control = this.control(name);
return !control || control.options ? value : valueAt(control, stopOf(control, Number(value)));
}
stop(name) {
const control = this.control(name);
return !control || control.options ? NaN : stopOf(control, Number(this.values[name]));
}
set(name, wanted, from) {
const value = this.nearest(name, wanted);
if (this.values[name] === value) return;
this.values[name] = value;
for (const writer of this.writers) if (writer !== from) writer(name, value);
if (!this.frame) this.frame = requestAnimationFrame(() => this.tell());
}
tell() {
this.frame = 0;
for (const listener of this.listeners) listener();
}
reset() {
for (const { name, value } of this.controls) this.set(name, value);
}
close() {
cancelAnimationFrame(this.frame);
this.listeners.clear();
this.writers.clear();
}
}
function reading(control, state, aloud = false) {
const value = Number(state.values[control.name]);
if (control.log) return aloud ? decimal(value) : scientific(value);
return Number.isInteger(control.step) ? String(value) : value.toFixed(2);
}
function slider(parent, control, state, input) {
const row = html("div", { class: `agt-slider${control.log ? "" : " agt-plain"}${input ? "" : " agt-gauge"}` }, parent);
const name = html(input ? "label" : "span", { class: "agt-name", text: input ? control.label : "" }, row);
const box = html("div", { class: "agt-box" }, row);
const rail = html("div", { class: "agt-rail", "aria-hidden": "true" }, box);
const hatch = html("div", { class: "agt-hatch" }, rail);
const fill = html("div", { class: "agt-fill" }, rail);
const knob = html("div", { class: "agt-knob" }, rail);
const note = html("div", { class: "agt-edge" }, rail);
html("span", { text: "explodes past " }, note);
html("span", { class: "agt-wide", text: "2/λmax = " }, note);
html("span", {}, note);
marks(rail, control);
const value = html("output", { class: "agt-value" }, row);
const range = input ? nativeRange(box, name, control, state) : null;
function update(words, edge) {
const stop = state.stop(control.name);
const share = `${(100 * stop) / lastStop(control)}%`;
fill.style.width = share;
knob.style.left = share;
write(value, input ? reading(control, state) : "");
row.hidden = !input && !edge;
showEdge(hatch, note, control, edge);
if (!range) return;
range.value = String(stop);
range.setAttribute("aria-valuetext", words);
}
return { update, stop: () => row.remove() };
}
function marks(rail, { ends, step, log }) {
const place = scale(ends, [0, 100], log);
const at = ticks(ends, log ? 8 : 4, log).filter((tick) => log || !Number.isInteger(step) || Number.isInteger(tick));
for (const tick of at) {
const text = log && tick !== 1 ? tick.toExponential(0) : String(Number(tick.toFixed(6)));
const mark = html("span", { class: "agt-tick", text }, rail);
mark.style.left = `${place(tick)}%`;
}
}
function showEdge(hatch, note, { ends, log }, edge) {
const at = edge ? Math.max(0, scale(ends, [0, 1], log)(edge)) : 1;
const inside = at < 1;
hatch.hidden = note.hidden = !inside;
if (!inside || !edge) return;
hatch.style.left = note.style.left = `${100 * at}%`;
note.classList.toggle("agt-left", at > 0.6);
if (note.lastElementChild) write(note.lastElementChild, figure(edge, 3));
}
function nativeRange(box, name, control, state) {
const range = (html("input", { type: "range", min: 0, max: lastStop(control), step: 1 }, box));
range.id = unique();
name.setAttribute("for", range.id);
range.value = String(state.stop(control.name));
range.addEventListener("input", () => state.set(control.name, valueAt(control, Number(range.value))));
return range;
}
function choice(parent, control, state) {
const group = html("fieldset", { class: "agt-choice" }, parent);
html("legend", { text: control.label }, group);
const shared = unique();
const radios = control.options.map((option) => {
const label = html("label", {}, group);
const radio = (html("input", { type: "radio", name: shared, value: option }, label));
html("span", { text: option }, label);
radio.addEventListener("change", () => state.set(control.name, option));
return radio;
});
return {
update() {
for (const radio of radios) radio.checked = radio.value === state.values[control.name];
},
};
}
function player(parent, control, state) {
const button = html("button", { type: "button", class: "agt-button" }, parent);
const last = lastStop(control);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const { pace } = control;
const whole = (pace ? pace * last : Math.min(6, 0.25 * last)) * 1000; // milliseconds from the first stop to the last
let frame = 0;
let expected = -1;
function label(playing) {
write(button, playing ? "❚❚ Pause" : "▶ Play");
button.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${control.label.toLowerCase()}`);
}
function goTo(stop) {
state.set(control.name, valueAt(control, stop));
}
function pause() {
cancelAnimationFrame(frame);
frame = 0;
label(false);
}
function play() {
if (state.stop(control.name) >= last) goTo(0);
if (still.matches) return goTo(last);
const from = (expected = state.stop(control.name));
const begun = performance.now();
label(true);
const move = () => {
const moved = state.stop(control.name) !== expected; // the reader scrubs: let go
if (moved || expected >= last) return pause();
const span = pace ? (whole * (last - from)) / last : whole;
const share = Math.min(1, (performance.now() - begun) / span);
expected = from + Math.floor((last - from) * share ** (pace ? 1 : 2)); // without a pace slowly at first, where most happens
goTo(expected);
frame = requestAnimationFrame(move);
};
frame = requestAnimationFrame(move);
}
button.addEventListener("click", () => (frame ? pause() : play()));
label(false);
return { stop: pause };
}
let count = 0;
function unique() {
count += 1;
return `agt-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${count}`;
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
let frame = { x: Number, y: Number, width: 0, height: 0 };
function size() {
outer ||= box.clientWidth || 300; // asked once: to ask at each frame would lay the page out twice
return { width: Math.max(60, outer - EDGES.left - EDGES.right), height: height - EDGES.top - EDGES.bottom };
}
function axes(xs, ys, log = false) {
const shape = size();
const wanted = [outer, ...xs, ...ys, log].join();
if (wanted === key) return frame;
key = wanted;
frame = { x: scale(xs, [0, shape.width]), y: scale(ys, [shape.height, 0], log), ...shape };
plot.setAttribute("width", String(shape.width));
plot.setAttribute("height", String(shape.height));
grid.replaceChildren();
for (const tick of ticks(ys, log ? 6 : 5, log)) {
const y = EDGES.top + frame.y(tick);
svg("line", { class: "agt-grid", x1: EDGES.left, x2: outer - EDGES.right, y1: y, y2: y }, grid);
svg("text", { class: "agt-axis", x: EDGES.left - 7, y: y + 4, "text-anchor": "end", text: tickText(tick) }, grid);
}
for (const tick of ticks(xs, shape.width < 220 ? 2 : 4)) {
const place = { x: EDGES.left + frame.x(tick), y: height - EDGES.bottom + 18, "text-anchor": "middle" };
svg("text", { class: "agt-axis", ...place, text: tickText(tick) }, grid);
}
svg("text", { class: "agt-axis", x: EDGES.left + shape.width / 2, y: height - 4, "text-anchor": "middle", text: xLabel }, grid);
if (yLabel) svg("text", { class: "agt-axis", x: 2, y: 9, text: yLabel }, grid);
return frame;
}
return {
box, drawing, plot, over, axes, size,
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
function tag(parent, kind, anchor = "middle") {
const text = svg("text", { class: `agt-tag agt-${kind}`, "text-anchor": anchor }, parent);
return {
put(x, y, words) {
write(text, words);
stand(text, x, y);
},
show: (shown) => text.toggleAttribute("hidden", !shown),
};
}
function lineTag(parent, kind) {
const label = tag(parent, kind);
let kept = 0;
return function put(words, along, obstacles, frame) {
const half = words.length * 3.8;
const spots = along.flatMap(([x, y]) => [[x, y - 12], [x, y + 21], [x - half - 12, y + 4], [x + half + 12, y + 4]]);
const room = spots.map(([x, y]) => {
const inside = x > half && x < frame.width - half && y > 12 && y < frame.height - 3;
return inside ? clearance(x, y - 4, half, [...along, ...obstacles]) : -1;
});
const most = Math.max(-1, ...room);
label.show(most >= 0);
if (most < 0) return [];
if (!(room[kept] > 0.6 * most)) kept = room.indexOf(most);
const [x, y] = spots[kept];
label.put(x, y, words);
return [-1, -0.5, 0, 0.5, 1].map((share) => [x + share * half, y - 4]);
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
function points(place, count, words) {
const group = svg("g", { role: "group", "aria-label": "measured points, arrow keys move between them" }, place.over);
const ring = svg("circle", { class: "agt-ring", r: 8, visibility: "hidden" }, group);
let active = 0;
let shown = -1;
const dots = Array.from({ length: count }, (_, i) => {
const dot = svg("circle", { class: "agt-dot", r: 4.5, role: "img", tabindex: i ? -1 : 0, "aria-label": words(i) }, group);
dot.addEventListener("pointerenter", () => show(i));
dot.addEventListener("pointerleave", () => show(-1));
dot.addEventListener("focus", () => show(i));
dot.addEventListener("blur", () => show(-1));
dot.addEventListener("keydown", (event) => move((event)));
return dot;
});
function move(event) {
const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -count, End: count }[event.key];
if (!by) return;
event.preventDefault();
dots[active].setAttribute("tabindex", "-1");
active = Math.max(0, Math.min(count - 1, active + by));
dots[active].setAttribute("tabindex", "0");
dots[active].focus();
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
draw(xs, ys, frame) {
dots.forEach((dot, i) => centre(dot, frame.x(xs[i]), frame.y(ys[i])));
update();
},
};
}
function pixels(xs, ys, frame, count) {
return Array.from({ length: count }, (_, i) => [frame.x(xs[i]), frame.y(ys[i])]);
}
const NO_CURVE = ({ xs: [], ys: [], words: "" });
function curvesOver(place, time, speed, ys) {
const bestLine = line(place.plot, "best");
const presentLine = line(place.plot, "present");
const bestTag = lineTag(place.over, "best");
const presentTag = lineTag(place.over, "present");
const outside = tag(place.over, "present");
let preds = ([]);
const dots = points(place, time.length, (i) => pointInWords(time[i], speed[i], preds[i]));
return function draw(present, best, atPoints) {
preds = atPoints;
const frame = place.axes(endsOf(time), ys);
presentLine.draw(present.xs, present.ys, frame);
bestLine.draw(best.xs, best.ys, frame);
dots.draw(time, speed, frame);
const [marks, now, goal] = [{ xs: time, ys: speed }, present, best].map((each) => pixels(each.xs, each.ys, frame, each.xs.length));
const taken = presentTag(present.words, now, [...marks, ...goal], frame);
outside.show(!taken.length);
outside.put(frame.width / 2, 14, `${present.words}: outside`);
bestTag(best.words, goal, [...marks, ...now, ...taken], frame);
};
}
function pointInWords(time, speed, pred) {
const said = `t = ${figure(time, 3)} s: ${figure(speed, 3)} measured`;
return pred === undefined ? said : `${said}, ${figure(pred, 3)} predicted`;
}
async function unpack(packed, data) {
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const words = joined(new Uint8Array(await new Response(stream).arrayBuffer()));
return (filled(data, words));
}
function joined(planes) {
const count = planes.length / 4;
const words = new Uint32Array(count);
for (let i = 0; i < count; i++) {
words[i] = planes[i] | (planes[i + count] << 8) | (planes[i + 2 * count] << 16) | (planes[i + 3 * count] << 24);
}
return words;
}
function filled(data, words) {
if (data === null || typeof data !== "object") return data;
if (Array.isArray(data)) return data.map((each) => filled(each, words));
if (!("packed" in data)) return Object.fromEntries(Object.entries(data).map(([name, each]) => [name, filled(each, words)]));
const { packed, shape } = (data);
return rowsOf(words, packed, shape);
}
function rowsOf(words, begins, [length, ...rest]) {
if (!rest.length) return floats(words.subarray(begins, begins + length));
const size = rest.reduce((product, each) => product * each, 1);
return Array.from({ length }, (_, i) => rowsOf(words, begins + i * size, rest));
}
const DROPPED = 10; // the bits of a float32 that packing rounds away
function floats(row) {
let slope = 0;
let value = 0;
row.forEach((folded, i) => {
slope = (slope + ((folded >>> 1) ^ -(folded & 1))) | 0;
value = (value + slope) | 0;
row[i] = value << DROPPED;
});
return new Float32Array(row.buffer, row.byteOffset, row.length);
}
function fromBase64(text) {
return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
function followTheme(root) {
const page = document.documentElement;
const update = () => {
const lab = document.body.dataset.jpThemeLight;
const dark = lab ? lab === "false" : page.getAttribute("theme") === "dark";
root.style.colorScheme = dark ? "dark" : lab ? "light" : "";
};
const watch = new MutationObserver(update);
watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
watch.observe(page, { attributes: true, attributeFilter: ["theme"] });
update();
return () => watch.disconnect();
}
function widget(build) {
return {
async render({ model, el }) {
const packed = model.get("packed");
const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength).slice();
const names = model.get("controls");
const models = await Promise.all(names.map((id) => model.widget_manager.get_model(id.slice(10))));
return draw(el, model.get("spec"), () => bytes, build, models);
},
};
}
function wake(kind, build) {
for (const root of document.querySelectorAll(`.agt-saved[data-picture="${kind}"]:not([data-awake]):has(> script[type])`)) {
root.setAttribute("data-awake", "");
const spec = JSON.parse(root.querySelector("script[type='application/json']")?.textContent ?? "{}");
const el = html("div");
root.prepend(el);
for (const still of root.querySelectorAll(":scope > img, :scope > p")) still.remove();
draw(el, spec, () => fromBase64(spec.packed), build, null);
}
}
async function draw(el, spec, packed, build, models) {
const root = html("div", { class: "agt", role: "group", "aria-label": spec.title, "data-lm-suppress-shortcuts": "true" }, el);
root.addEventListener("keydown", (event) => event.stopPropagation());
const state = new State(spec.controls);
const undo = [followTheme(root), () => state.close(), () => root.remove()];
const trouble = html("p", { class: "agt-error", role: "alert" }, root);
const guard = (act) => {
try {
act();
write(trouble, "");
} catch (error) {
write(trouble, `This picture cannot be drawn: ${error}`);
}
};
try {
const data = await unpack(packed(), spec.data); // before anything is drawn, so that nothing moves once it is
if (models) undo.push(...spec.controls.map((control, i) => followModel(state, control, models[i])));
const bar = controls(root, state, !models);
const words = sentence(root);
const lost = models ? noteOfLoss(root, models) : () => {};
const panels = html("div", { class: "agt-panels" }, root);
const paint = build(panels, data, (state));
const update = () =>
guard(() => {
const finding = paint();
words.update(finding);
bar.update(finding);
models?.forEach((model, i) => nameModel(model, spec.controls[i], state, finding.value));
});
state.listeners.add(update);
const resized = new ResizeObserver(update);
resized.observe(panels);
undo.push(() => resized.disconnect(), bar.stop, words.stop, lost);
update();
} catch (error) {
write(trouble, `This picture cannot be drawn: ${error}`);
}
return () => undo.reverse().forEach((each) => each());
}
function controls(root, state, input) {
const box = html("div", { class: "agt-controls" }, root);
const all = state.controls.filter((each) => !each.options);
const sliders = all.filter((each) => input || each.log).map((each) => ({ each, ...slider(box, each, state, input) }));
const row = html("div", { class: "agt-row" }, box);
const players = all.filter((each) => each.play).map((each) => player(row, each, state));
const choices = input ? state.controls.filter((each) => each.options !== undefined).map((each) => choice(row, each, state)) : [];
const reset = html("button", { type: "button", class: "agt-button", text: "Reset" }, row);
reset.addEventListener("click", () => {
players.forEach((each) => each.stop());
state.reset();
});
return {
update({ value, edge }) {
for (const { each, update } of sliders) update(`${reading(each, state, true)}, ${value}`, each.log ? edge : null);
for (const each of choices) each.update();
},
stop: () => players.forEach((each) => each.stop()),
};
}
function sentence(root) {
const seen = html("p", { class: "agt-words" }, root);
const verdict = html("strong", {}, seen);
const rest = html("span", {}, seen);
const heard = html("div", { class: "agt-heard", role: "status", "aria-live": "polite" }, root);
let pause = 0;
let first = true;
return {
update(finding) {
write(verdict, finding.verdict);
write(rest, ` ${finding.words}`);
clearTimeout(pause);
const text = `${finding.verdict} ${finding.words}`;
if (!first) pause = window.setTimeout(() => write(heard, text), 600);
first = false;
},
stop: () => clearTimeout(pause),
};
}
function followModel(state, control, model) {
const trait = control.options ? "index" : "value";
const write = (name, value) => {
if (name !== control.name) return;
model.set(trait, control.options ? control.options.indexOf(String(value)) : Number(value));
model.save_changes();
};
const heard = () => {
const value = model.get(trait);
state.set(control.name, control.options ? control.options[value] : value, write);
};
state.writers.add(write);
model.on(`change:${trait}`, heard);
heard();
return () => model.off(`change:${trait}`, heard);
}
async function nameModel(model, control, state, value) {
if (control.options) return;
for (const view of await Promise.all(Object.values(model.views ?? {}))) {
const handle = view.el.querySelector("[role=slider], .ui-slider-handle");
handle?.setAttribute("data-lm-suppress-shortcuts", "true"); // its arrow keys are not the notebook's
handle?.setAttribute("aria-label", control.label);
handle?.setAttribute("aria-valuetext", `${reading(control, state, true)}, ${value}`);
}
}
function noteOfLoss(root, models) {
const note = html("p", { class: "agt-lost", role: "status" }, root);
const hear = () => {
const lost = models.some((model) => model.comm_live === false);
write(note, lost ? "The kernel that drew this has ended or restarted. The picture works on with what was computed; run the cell again for more." : "");
};
for (const model of models) model.on("comm_live_update", hear);
hear();
return () => models.forEach((model) => model.off("comm_live_update", hear));
}
function lossesOf(place) {
const rest = line(place.plot, "rest");
const floorLine = line(place.plot, "best");
const present = line(place.plot, "present");
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
const floorTag = tag(place.over, "best", "end");
const nowTags = [tag(place.over, "present", "start"), tag(place.over, "present", "end")];
return function draw({ all, count, at, runs, exploded }, title) {
const last = all.length - 1;
const lowest = Math.min(...all.subarray(0, count), runs.floor ?? Infinity);
const log = all[0] > 0 && (lowest > 0 || runs.floor !== null);
place.entitle(title(log));
const frame = place.axes([0, Math.max(1, last)], log ? powersOf(all[0], lowest) : spanOf(all[0], lowest), log);
const steps = Array.from(all, (_, i) => i);
rest.draw(steps, all, frame, count);
present.draw(steps, all, frame, at + 1);
const floor = runs.floor;
const level = floor === null ? 0 : Math.min(frame.height - 20, frame.y(Math.max(floor, 1e-300)));
floorTag.show(floor !== null);
floorLine.draw([0, last], floor === null ? [] : [floor, floor], frame, floor === null ? 0 : 2);
if (floor !== null) floorTag.put(frame.width, level + 17, `best possible ${figure(floor)}`);
const y = Math.max(0, Math.min(frame.height, frame.y(all[at])));
centre(dot, frame.x(at), y);
place.remark(exploded ? `${ended(all[count])} at step ${count + 1}: loss is ${figure(all[count])}` : "");
const late = frame.x(at) > frame.width / 2 ? 1 : 0;
nowTags.forEach((each, side) => each.show(side === late && !exploded));
nowTags[late].put(frame.x(at) + (late ? 6 : 10), y < 26 ? y + 22 : y - 12, `${figure(all[at])} now`);
};
}
function powersOf(first, lowest) {
return [Math.max(lowest, first * 1e-9) / 4, Math.max(first, lowest) * 30];
}
function spanOf(first, lowest) {
const room = 0.2 * (first - lowest) || Math.abs(first) || 1;
return [lowest - room, first + room];
}
function valley(panels, height, bowls) {
const place = panel(panels, {
title: "",
words: "Lines of equal loss around the best params, and the path of the run",
xLabel: "off the best, steep direction",
yLabel: "off the best, flat direction",
height,
});
const rings = contours(place, Math.max(...bowls.map(({ levels }) => levels.length)));
const path = pathOf(place);
function draw(bowl, run, at, words) {
const frame = frameOf(place, bowl);
rings(bowl, frame);
path(Array.from({ length: at + 1 }, (_, step) => ends(errorsAt(bowl.runs, run, step))), words, frame);
return frame;
}
return { place, draw };
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
const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - floor)) / curvature));
ring.draw(ROUND.map((turn) => radii[0] * Math.cos(turn)), ROUND.map((turn) => radii[1] * Math.sin(turn)), frame, i < levels.length ? ROUND.length : 0);
const x = frame.x(radii[0]);
const half = 4 * figure(level).length;
const fits = i < levels.length && x - half > frame.width / 2 + free && x + half < frame.width;
label.show(fits);
if (!fits) return;
label.put(x, frame.height / 2 + 4, round(level));
free = x + half + 6 - frame.width / 2;
});
};
}
function round(level) {
return level >= 1e6 ? figure(level, 1) : level.toLocaleString("en-US");
}
function pathOf(place) {
const goal = svg("path", { class: "agt-goal" }, place.over);
const goalTag = tag(place.over, "best");
const way = line(place.plot, "present");
const stroke = (place.plot.lastElementChild).style;
const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
const startTag = tag(place.over, "present");
const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
const nowTag = tag(place.over, "present");
return function draw(points, words, frame) {
const seen = points.map(([x, y]) => [frame.x(x), frame.y(y)]);
way.draw(points.map(([x]) => x), points.map(([, y]) => y), frame);
const crowded = lengthOf(seen) > 8 * (frame.width + frame.height); // what it crosses should show through
stroke.opacity = crowded ? "0.5" : "";
stroke.strokeWidth = crowded ? "1" : "";
const few = seen.length <= 201; // more of them would hide the line
const near = few ? seen.filter(([x, y]) => Math.abs(x) < 9999 && Math.abs(y) < 9999) : [];
beads.setAttribute("d", near.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""));
const [x, y] = [frame.x(0), frame.y(0)];
goal.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12`);
goalTag.put(x, y + 24, "best possible");
const [first, last] = [seen[0], seen[seen.length - 1]];
centre(start, first[0], first[1]);
centre(dot, last[0], last[1]);
const inside = last[0] >= 0 && last[0] <= frame.width && last[1] >= 0 && last[1] <= frame.height;
dot.toggleAttribute("hidden", !inside);
const away = Math.hypot(last[0] - first[0], last[1] - first[1]);
const begun = points.length > 1;
startTag.show(!begun || away > 40 || !inside);
beside(startTag, first, frame, "start", -1);
nowTag.show(begun);
if (inside) beside(nowTag, last, frame, words, 1);
else nowTag.put(frame.width / 2, 16, `${words}: outside`);
};
}
function lengthOf(spots) {
return spots.slice(1).reduce((sum, [x, y], i) => sum + Math.min(400, Math.hypot(x - spots[i][0], y - spots[i][1])), 0);
}
function beside(label, [x, y], frame, words, side) {
const half = words.length * 3.9;
const above = side > 0 ? y > 30 : y > frame.height - 30;
label.put(Math.max(half, Math.min(frame.width - half, x)), above ? y - 13 : y + 24, words);
}
return { html, svg, write, figure, scientific, decimal, plural, listed, nowOf, errorsAt, shares, ended, finding, directionBars, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, player, panel, line, centre, stand, cell, tag, lineTag, points, pixels, NO_CURVE, curvesOver, unpack, fromBase64, followTheme, widget, wake, lossesOf, valley, ends };
})();
