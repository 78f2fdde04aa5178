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
function keepLines(panels, wide, narrow, least) {
for (const [name, count] of Object.entries({ wide, narrow, least })) panels.parentElement?.style.setProperty(`--${name}`, `${1.5 * count}em`);
}
function disable(button, off) {
const inside = off && button.matches(":focus") ? button.closest(".agt")?.querySelector(".agt-panels [tabindex='0']") : null;
(inside)?.focus({ preventScroll: true });
button.toggleAttribute("disabled", off);
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
return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}
function listed(words) {
return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
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
function keptRuns({ kept, values }, by, others) {
const told = { step: (step) => plural(Number(step), "step"), loss: String, time: String };
const apart = Object.entries(told).filter(([name]) => new Set(kept.map((run) => run.values[name])).size > 1);
const names = kept.map(({ values: own }) => [`lr ${scientific(Number(own.lr))}`, ...apart.map(([name, say]) => say(own[name])), own.pulled && "pulled", own.start && "moved"].filter(Boolean).join(", "));
const all = kept.map((run, i) => ({ ...run, words: new Set(names).size < names.length ? `${names[i]} (${i + 1})` : names[i] }));
const beside = all.filter((run) => run.values[by] === values[by]);
const list = (what, runs) => (runs.length ? `${what}: ${runs.map(({ words }) => words).join("; ")}. ` : "");
return { all, beside, said: list("Pale", beside) + list(others, all.filter((run) => !beside.includes(run))) };
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
const lost = `${broke} after ${plural(count, "step")}: loss is ${figure(all[count])}`;
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
this.free = new Set();
this.moved = new Map();
this.past = [];
this.marked = null;
this.reads = new Map();
this.restart = () => {};
this.snapshot = null;
this.kept = [];
this.kernel = false;
this.wanted = null;
this.answer = null;
this.note = "";
this.frame = 0;
for (const { name, value } of controls) this.values[name] = this.nearest(name, value);
}
control(name) {
return this.controls.find((each) => each.name === name);
}
nearest(name, value) {
const control = this.control(name);
if (!control || control.options) return value;
const [stop, [low, high]] = [valueAt(control, stopOf(control, Number(value))), control.ends];
const apart = Math.abs(Number(value) - stop) > 1e-6 * (Math.abs(stop) || control.step);
return apart && this.free.has(name) ? Math.max(low, Math.min(high, Number(value))) : stop;
}
between(name) {
const control = this.control(name);
return !!control && !control.options && valueAt(control, this.stop(name)) !== this.values[name];
}
hold(name, valid, within = "") {
this.moved.set(name, { valid, within });
this.values[name] = "";
}
mark() {
this.marked = { ...this.values };
}
undo() {
const was = this.past.pop() ?? this.values;
this.marked = null;
for (const [name, { within }] of this.moved) {
if (was[name] && was[name] !== this.values[name] && within) this.set(within, was[within]);
this.set(name, was[name]);
}
}
putBack() {
for (const name of this.moved.keys()) this.set(name, "");
}
changes() {
const given = [...this.controls.map(({ name, value }) => ([name, this.nearest(name, value)]))];
const first = [...given, ...[...this.moved.keys()].map((name) => ([name, ""]))];
return first.filter(([name, value]) => this.values[name] !== value).map(([name]) => name);
}
stop(name) {
const control = this.control(name);
return !control || control.options ? NaN : stopOf(control, Number(this.values[name]));
}
set(name, wanted, from) {
const value = this.nearest(name, wanted);
if (this.values[name] === value) return;
const lost = [...this.moved].filter(([each, { within }]) => within === name && this.values[each]);
if (lost.length) this.mark();
if (this.marked && (lost.length || this.moved.has(name))) {
this.past.push(this.marked);
this.marked = null;
}
this.values[name] = value;
for (const [each] of lost) this.values[each] = "";
this.note = lost.length ? `Over other times the start is another place: it is back where it was given.` : "";
for (const writer of this.writers) if (writer !== from) writer(name, value);
this.ask();
}
ask() {
if (!this.frame) this.frame = requestAnimationFrame(() => this.tell());
}
say(note) {
this.note = note;
this.ask();
}
keep() {
const again = this.kept.some(({ values }) => JSON.stringify(values) === JSON.stringify(this.values));
if (again) this.note = "This run is kept already.";
else if (this.snapshot) this.kept = [...this.kept.slice(-1), { ...this.snapshot, words: "", values: { ...this.values } }];
this.ask();
}
tell() {
this.frame = 0;
for (const listener of this.listeners) listener();
}
reset() {
this.putBack();
for (const { name, value } of this.controls) this.set(name, value);
[this.past, this.marked, this.kept, this.note] = [[], null, [], ""];
this.restart();
this.ask();
}
close() {
cancelAnimationFrame(this.frame);
this.listeners.clear();
this.writers.clear();
}
}
function reading(control, state, aloud = false) {
const value = Number(state.values[control.name]);
const read = state.reads.get(control.name);
if (read) return aloud ? plural(read.of(value), "step") : String(read.of(value));
const between = state.between(control.name);
if (control.log) return aloud ? decimal(value) : between ? Number(value.toPrecision(6)).toExponential().replace("e+0", "") : scientific(value);
return Number.isInteger(control.step) || between ? String(Number(value.toPrecision(6))) : value.toFixed(2);
}
function slider(parent, control, state, input) {
const row = html("div", { class: `agt-slider${control.log ? "" : " agt-plain"}${input ? "" : " agt-gauge"}` }, parent);
const name = html(input ? "label" : "span", { class: "agt-name", text: input ? control.label : "" }, row);
const box = html("div", { class: "agt-box" }, row);
const rail = html("div", { class: "agt-rail", "aria-hidden": "true" }, box);
const fill = html("div", { class: "agt-fill" }, rail);
const hatch = html("div", { class: "agt-hatch" }, rail);
const knob = html("div", { class: "agt-knob" }, rail);
const note = html("div", { class: "agt-edge" }, rail);
html("span", { text: "explodes past " }, note);
html("span", { class: "agt-wide", text: "2/λmax = " }, note);
html("span", {}, note);
const ticks = marks(rail, control);
const range = input ? nativeRange(box, name, control, state) : null;
const typed = input ? typedValue(row, control, state) : null;
const place = scale(control.ends, [0, 100], control.log);
function update(words, edge) {
const share = `${place(Number(state.values[control.name]))}%`;
fill.style.width = share;
knob.style.left = share;
typed?.update();
const { of } = state.reads.get(control.name) ?? {};
if (of) for (const { mark, tick } of ticks) write(mark, String(of(tick)));
row.hidden = !input && !edge;
showEdge(hatch, note, control, edge);
if (!range) return;
range.value = String(state.stop(control.name));
range.setAttribute("aria-valuetext", words);
}
return { update, stop: () => row.remove() };
}
function marks(rail, { ends, step, log }) {
const place = scale(ends, [0, 100], log);
const round = ticks(ends, log ? 8 : 4, log).filter((tick) => log || !Number.isInteger(step) || Number.isInteger(tick));
const apart = round.filter((tick) => log || place(tick) - place(ends[0]) > 8);
return (log ? round : [ends[0], ...apart]).map((tick) => {
const text = log && tick !== 1 ? tick.toExponential(0) : String(Number(tick.toFixed(6)));
const mark = html("span", { class: "agt-tick", text }, rail);
mark.style.left = `${place(tick)}%`;
return { mark, tick };
});
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
const bar = html("div", { class: "agt-options" }, group);
const radios = control.options.map((option) => {
const label = html("label", {}, bar);
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
function typedValue(row, control, state) {
const field = (html("input", { class: "agt-value", type: "text", inputmode: "decimal", autocomplete: "off" }, row));
let typing = false;
const read = () => state.reads.get(control.name) ?? PLAIN;
const ends = () => control.ends.map(read().of);
const update = () => {
field.setAttribute("aria-label", `${control.label}, typed: ${ends().join(" to ")}`);
if (!typing) field.value = reading(control, state);
};
field.addEventListener("input", () => (typing = true));
field.addEventListener("focus", () => field.select());
field.addEventListener("blur", () => {
typing = false;
update();
});
field.addEventListener("change", () => {
typing = false;
const value = Number(field.value.trim().replace(",", ".") || NaN);
const [low, high] = ends();
if (!(value >= low && value <= high)) state.say(`${control.label} takes a number from ${low} to ${high}, got ${field.value.slice(0, 20) || "none"}.`);
else choose(control, state, value, field, read());
update();
});
return { update };
}
const PLAIN = { of: Number, back: Number };
function choose(control, state, asked, from, { of, back } = PLAIN) {
state.set(control.name, back(asked), from);
const there = Math.abs(of(Number(state.values[control.name])) - asked) <= 1e-6 * (control.log ? Math.abs(asked) : control.step);
const why = Number.isInteger(control.step) && asked % 1 ? `${control.label} takes whole numbers` : `Of ${control.label} only the stops are known here`;
if (!there) state.say(`${why}: ${reading(control, state)} is the nearest.`);
return there;
}
function player(parent, control, state) {
const box = html("div", { class: "agt-player" }, parent);
const [back, button, on] = ["❙◀", "", "▶❙"].map((text) => html("button", { type: "button", class: "agt-button", text }, box));
const last = lastStop(control);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const { pace } = control;
const whole = (pace ? pace * last : Math.min(6, 0.25 * last)) * 1000;
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
const atEnd = state.stop(control.name) >= last;
if (atEnd) goTo(0);
if (still.matches) return atEnd ? undefined : goTo(last);
const from = (expected = state.stop(control.name));
const begun = performance.now();
label(true);
const move = () => {
const moved = state.stop(control.name) !== expected;
if (moved || expected >= last) return pause();
const span = pace ? (whole * (last - from)) / last : whole;
const share = Math.min(1, (performance.now() - begun) / span);
expected = from + Math.floor((last - from) * share ** (pace ? 1 : 2));
goTo(expected);
frame = requestAnimationFrame(move);
};
frame = requestAnimationFrame(move);
}
button.addEventListener("click", () => (frame ? pause() : play()));
for (const [each, by, words] of ([[back, -1, "back"], [on, 1, "on"]])) {
each.setAttribute("aria-label", `One ${words}: ${control.label.toLowerCase()}`);
each.addEventListener("click", () => {
pause();
const read = state.free.has(control.name) ? state.reads.get(control.name) : null;
if (read) state.set(control.name, read.back(read.of(Number(state.values[control.name])) + by));
else goTo(Math.max(0, Math.min(last, state.stop(control.name) + by)));
});
}
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
let frame = { x: Number, y: Number, xs: [0, 1], ys: [0, 1], width: 0, height: 0, taken: [] };
function size() {
outer ||= box.clientWidth || 300;
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
if (yLabel && frame.y(tick) < 14) continue;
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
if (!(far[active] < 22)) return null;
hold.begin();
focus(active);
return at[active];
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
let held = null;
const inside = ({ clientX, clientY }) => {
const box = drawing.getBoundingClientRect();
return ([clientX - box.left - EDGES.left, clientY - box.top - EDGES.top]);
};
const take = ([left, top], byTouch = false) => {
const middle = begin(left, top, byTouch);
return (held = middle && [middle[0] - left, middle[1] - top]);
};
const bring = ([left, top]) => {
if (!held) return;
const { x, y } = dataAt(place.frame(), left + held[0], top + held[1]);
to(x, y);
};
drawing.addEventListener("pointerdown", (event) => {
const { pointerType, pointerId, button } = (event);
if (pointerType === "touch" || button || !take(inside((event)))) return;
event.preventDefault();
drawing.setPointerCapture(pointerId);
});
drawing.addEventListener("pointermove", (event) => bring(inside((event))));
for (const end of ["pointerup", "pointercancel", "touchend", "touchcancel"]) drawing.addEventListener(end, () => (held = null));
drawing.addEventListener("touchstart", (event) => {
const { touches } = (event);
held = null;
if (touches.length === 1 && take(inside(touches[0]), true)) event.preventDefault();
}, { passive: false });
drawing.addEventListener("click", (event) => (event).pointerType === "touch" && tapped?.(...inside((event))));
drawing.addEventListener("touchmove", (event) => bring(inside((event).touches[0])));
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
const NUMBER = /^-?\d{1,20}(\.\d{1,20})?(e[-+]?\d{1,3})?$/i;
function followLink(root, state) {
const asked = [...new URLSearchParams(location.search)].filter(([key]) => key.includes("."));
const own = asked.filter(([key]) => key.startsWith(`${root.id}.`)).map(([key, text]) => ([key.slice(root.id.length + 1), text]));
const lost = root === document.querySelector(".agt-saved") && asked.some(([key]) => !document.getElementById(key.split(".")[0]));
if (take(state, own)) return lost ? "The link is to a picture that is not on this page." : "";
return "The link asks for what this picture does not have: it stands as it begins.";
}
function take(state, asked) {
if (!asked.every(([name, text]) => allows(state, name, String(text)))) return false;
const place = (name) => state.controls.findIndex((each) => each.name === name) >>> 0;
for (const [name, text] of [...asked].sort(([one], [other]) => place(one) - place(other))) state.set(name, typeof state.values[name] === "number" ? Number(text) : String(text));
return true;
}
function allows(state, name, text) {
const control = state.control(name);
if (!control) return text.length < 2000 && (state.moved.get(name)?.valid(text) ?? false);
if (control.options) return control.options.includes(text);
const [low, high] = control.ends;
const value = Number(text);
return NUMBER.test(text) && value >= low && value <= high && Math.abs(value - Number(state.nearest(name, value))) <= 1e-6 * Math.abs(value);
}
function addressOf(root, state) {
const address = new URL(location.href);
for (const key of [...address.searchParams.keys()]) if (key.startsWith(`${root.id}.`)) address.searchParams.delete(key);
for (const name of state.changes()) address.searchParams.set(`${root.id}.${name}`, String(short(state.values[name])));
return address;
}
function codeOf(call, { controls, moved, values }) {
const names = [...controls.map(({ name }) => name), ...[...moved.keys()].filter((name) => values[name])];
return `${call}.at(${names.map((name) => `${name}=${JSON.stringify(short(values[name]))}`).join(", ")})`;
}
function short(value) {
return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}
async function unpack(packed, data) {
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const words = joined(new Uint8Array(await new Response(stream).arrayBuffer()));
return (filled(data, words));
}
function unspread({ buffer, byteOffset, byteLength }, data) {
return (filled(data, new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))));
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
const row = words.subarray(begins, begins + length);
if (!rest.length) return row instanceof Float64Array ? row : floats(row);
const size = rest.reduce((product, each) => product * each, 1);
return Array.from({ length }, (_, i) => rowsOf(words, begins + i * size, rest));
}
const DROPPED = 10;
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
return draw(el, model.get("spec"), () => bytes, build, models, model);
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
draw(el, spec, () => fromBase64(spec.packed), build, null, null);
}
}
async function draw(el, spec, packed, build, models, chart) {
const root = html("div", { class: "agt", role: "group", "aria-label": spec.title, "data-lm-suppress-shortcuts": "true" }, el);
root.addEventListener("keydown", (event) => event.stopPropagation());
const state = new State(spec.controls);
const undo = [followTheme(root), () => state.close(), () => root.remove()];
const trouble = html("p", { class: "agt-error", role: "alert" }, root);
const guard = (act) => {
try {
write(trouble, act() ?? "");
} catch (error) {
write(trouble, `This picture cannot be drawn: ${error}`);
}
};
try {
const data = await unpack(packed(), spec.data);
const bar = controls(root, state, !models);
const words = sentence(root);
const lost = models ? noteOfLoss(root, models) : () => {};
const panels = html("div", { class: "agt-panels" }, root);
const train = chart && askKernel(state, chart);
state.kernel = !!chart;
const paint = build(panels, data, (state));
if (models) undo.push(...spec.controls.map((control, i) => followModel(state, control, models[i])));
if (!take(state, Object.entries(spec.at ?? {}))) state.note = "The code asks for what this picture does not have.";
const foot = tools(root, state, bar.stop, models ? null : el.parentElement, spec.call);
const update = () =>
guard(() => {
const finding = paint();
words.update(finding);
bar.update(finding);
foot.update(finding);
models?.forEach((model, i) => nameModel(model, spec.controls[i], state, finding.value));
train?.want();
return finding.trouble;
});
state.listeners.add(update);
const resized = new ResizeObserver(update);
resized.observe(panels);
undo.push(() => resized.disconnect(), bar.stop, foot.stop, words.stop, lost, () => train?.stop());
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
row.hidden = !row.childElementCount;
const stop = () => players.forEach((each) => each.stop());
return {
update({ value, edge }) {
for (const { each, update } of sliders) update(`${reading(each, state, true)}, ${value}`, each.log ? edge : null);
for (const each of choices) each.update();
},
stop,
};
}
function tools(root, state, stop, page, call) {
const row = html("div", { class: "agt-row agt-tools" }, root);
function button(text, act) {
const made = (html("button", { type: "button", class: "agt-button", text }, row));
made.addEventListener("click", act);
return made;
}
button("Reset", () => (stop(), state.reset()));
const back = state.moved.size ? button("Undo", () => state.undo()) : null;
const put = state.moved.size ? button("Put it back", () => (state.mark(), state.putBack())) : null;
const keep = button("Keep this run", () => state.keep());
const linked = page?.id ? page : null;
const copy = async (text, what, otherwise) => {
const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
state.say(copied ? `Copied: ${what}.` : otherwise);
};
if (linked) {
button("Copy link", () => {
const address = addressOf(linked, state);
address.hash = linked.id;
copy(address.href, "a link to this picture as it is now", "The address of this page leads to this picture as it is now.");
});
state.note = followLink(linked, state);
}
if (call) button("Copy as code", () => copy(codeOf(call, state), "a line of Python that gives this picture as it is now", codeOf(call, state)));
const note = html("p", { class: "agt-said", role: "status" }, root);
root.addEventListener("click", ({ target }) => target instanceof Element && target.closest("button") && state.say(""), true);
const remember = () => linked && rewrite(addressOf(linked, state));
addEventListener("popstate", remember);
let pause = 0;
return {
update({ own, kept }) {
keep.hidden = !state.snapshot;
if (back) disable(back, !state.past.length);
if (put) disable(put, [...state.moved.keys()].every((name) => !state.values[name]));
write(note, state.note || own || kept || "");
clearTimeout(pause);
pause = window.setTimeout(remember, 300);
},
stop: () => (clearTimeout(pause), removeEventListener("popstate", remember)),
};
}
function rewrite(address) {
if (address.href !== location.href) history.replaceState(history.state, "", address);
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
function askKernel(state, chart) {
let flying = false;
const hear = (answer, buffers) => {
flying = false;
state.answer = answer.data ? { ...answer, data: unspread(buffers[0], answer.data) } : answer;
state.ask();
};
chart.on("msg:custom", hear);
return {
want() {
const key = state.wanted && JSON.stringify(state.wanted);
if (!key || flying || key === state.answer?.key) return;
flying = true;
chart.send({ key });
},
stop: () => chart.off("msg:custom", hear),
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
if (control.options) return state.set(control.name, control.options[value], write);
if (!choose(control, state, value, write)) write(control.name, state.values[control.name]);
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
place.remark(exploded ? `${ended(all[count])} after ${plural(count, "step")}: loss is ${figure(all[count])}` : "");
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
function retraining(state, data, all) {
const known = all.every((each) => "runs" in each && each.runs.directions.length > 0 && each.start);
const hands = known || state.kernel ? pulling(state, data) : null;
if (hands) state.free.add("lr");
function fitsOf(given, loss, kind) {
const measured = hands?.now() ?? data;
const lr = Number(state.values.lr);
const changed = !!state.values.pulled || state.between("lr");
state.wanted = changed ? { ...measured, lr, loss, kind } : null;
const answer = changed && state.answer?.key === JSON.stringify(state.wanted) ? state.answer : null;
const theirs = (answer?.data);
const mine = changed && known && !("error" in given) ? refitted(given, measured, lr, loss, kind) : undefined;
const who = theirs ? "Trained by PyTorch, in float64." : answer?.error ?? (mine ? HERE : "PyTorch trains.");
const fits = (theirs ?? mine ?? given);
return { fits, measured, run: fits === given ? state.stop("lr") : 0, own: changed ? who : "", trouble: theirs && mine ? apart(mine, theirs) : "" };
}
return { hold: hands?.hold, fitsOf };
}
function drawFit(draw, { times, curve, measured: at, base, basis }, now, measured, kept) {
const preds = Array.from(base, (best, i) => now.errors.reduce((sum, error, k) => sum + error * basis[k][i], best));
const [present, best] = [preds, Array.from(base)].map((ys) => ({ xs: times.slice(0, curve), ys }));
const words = now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`;
draw({ ...present, words }, now.runs.floor === null ? NO_CURVE : { ...best, words: "best possible" }, at.map((i) => (i === null ? undefined : preds[i])), measured, kept);
return present;
}
function apart(mine, theirs) {
const [here, there] = [mine, theirs].map(({ runs }) => runs.losses[0]);
const end = there.findIndex((loss) => !Number.isFinite(loss));
const off = here.findIndex((loss, i) => (i === end ? Number.isFinite(loss) : (end < 0 || i < end) && !(Math.abs(loss - there[i]) <= 1e-6 * Math.abs(there[i]))));
return off < 0 ? "" : `This page and PyTorch disagree at step ${off}: ${here[off]} and ${there[off]}.`;
}
function refitted({ runs, times, curve, start: given }, { time, speed }, lr, loss, kind) {
const start = given ?? [];
const mean = kind === "raw" ? 0 : time.reduce((sum, t) => sum + t, 0) / time.length;
const width = kind === "raw" ? 1 : Math.sqrt(time.reduce((sum, t) => sum + (t - mean) ** 2, 0) / time.length);
const rowAt = (t) => start.map((_, k) => ((t - mean) / width) ** (start.length - 1 - k));
const along = (row, way) => row.reduce((sum, each, j) => sum + each * way[j], 0);
const problem = { X: time.map(rowAt), y: speed };
const { curvatures, directions, best } = spectrum(problem);
const { losses, path } = train(problem, start, lr, runs.losses[0].length - 1, loss === "rmse");
const errors = path.map((p) => directions.map((way) => along(p.map((each, j) => each - best[j]), way)));
const all = [...times.slice(0, curve), ...time];
const rows = all.map(rowAt);
return {
runs: {
losses: [losses],
errors: directions.map((_, k) => [Float64Array.from(errors, (each) => each[k])]),
floor: lossAt(problem, best, loss === "rmse"),
edge: loss === "mse" ? 2 / curvatures[0] : null,
directions: runs.directions.map(({ name }, k) => ({ name, curvature: curvatures[k], start: errors[0][k] })),
},
times: all,
curve,
measured: time.map((_, i) => curve + i),
base: rows.map((row) => along(row, best)),
basis: directions.map((way) => rows.map((row) => along(row, way))),
start,
};
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
let free = 40;
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
const crowded = lengthOf(seen) > 8 * (frame.width + frame.height);
stroke.opacity = crowded ? "0.22" : "";
stroke.strokeWidth = crowded ? "1" : "";
const tail = crowded ? points.slice(-30) : [];
recent.draw(tail.map(([x]) => x), tail.map(([, y]) => y), frame);
const few = seen.length <= 201 && !crowded;
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
state.hold("start", (text) => /^\S+ \S+$/.test(text) && text.split(" ").every((each) => Math.abs(Number(each)) < 1e4), "time");
const to = (x, y) => state.set("start", [x, y].map((each) => Number(each.toPrecision(6))).join(" "));
const begin = (left, top, byTouch) => {
const { width, height } = place.frame();
if (left < 0 || left > width || top < 0 || top > height) return null;
const middle = (["cx", "cy"].map((at) => Number(start.getAttribute(at))));
const far = Math.hypot(middle[0] - left, middle[1] - top);
if (byTouch && far > 28) return null;
state.mark();
if (byTouch || far < 8) return middle;
const { x, y } = dataAt(place.frame(), left, top);
to(x, y);
return ([left, top]);
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
return { html, svg, keepLines, disable, write, figure, scientific, decimal, plural, listed, lossAt, gradientAt, train, spectrum, keptRuns, HERE, nowOf, trainedHere, errorsAt, shares, ended, finding, directionBars, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, choose, player, panel, line, centre, stand, cell, halfOf, block, tag, around, lineTag, points, dataAt, draggable, pixels, NO_CURVE, curvesOver, pulling, followLink, take, addressOf, codeOf, unpack, unspread, fromBase64, followTheme, widget, wake, lossesOf, retraining, drawFit, valley, startOf, ends };
})();
