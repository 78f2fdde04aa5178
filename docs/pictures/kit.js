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
this.snapshot = null;
this.kept = [];
this.kernel = false; // whether PyTorch can be asked
this.wanted = null;
this.answer = null;
this.note = ""; // what there is to say of the last act, until the next
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
hold(name, valid) {
this.moved.set(name, valid);
this.values[name] = "";
}
mark() {
const was = [...this.moved.keys()].map((name) => ([name, this.values[name]]));
this.past.push(() => was.forEach(([name, value]) => this.set(name, value)));
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
this.values[name] = value;
this.note = "";
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
if (this.snapshot) this.kept = [...this.kept.slice(-1), this.snapshot];
this.ask();
}
tell() {
this.frame = 0;
for (const listener of this.listeners) listener();
}
reset() {
this.note = "";
for (const { name, value } of this.controls) this.set(name, value);
this.putBack();
[this.past, this.kept] = [[], []];
}
close() {
cancelAnimationFrame(this.frame);
this.listeners.clear();
this.writers.clear();
}
}
function reading(control, state, aloud = false) {
const value = Number(state.values[control.name]);
const between = state.between(control.name); // then with the digits that were typed
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
marks(rail, control);
const range = input ? nativeRange(box, name, control, state) : null;
const typed = input ? typedValue(row, control, state) : null;
const place = scale(control.ends, [0, 100], control.log);
function update(words, edge) {
const share = `${place(Number(state.values[control.name]))}%`;
fill.style.width = share;
knob.style.left = share;
typed?.update();
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
for (const tick of log ? round : [ends[0], ...apart]) {
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
const [low, high] = control.ends;
const label = `${control.label}, typed: ${low} to ${high}`;
const field = (html("input", { class: "agt-value", type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label }, row));
let typing = false;
const update = () => {
if (!typing) field.value = reading(control, state);
};
field.addEventListener("input", () => (typing = true));
field.addEventListener("focus", () => field.select());
field.addEventListener("blur", () => {
typing = false; // also where nothing has changed in the end
update();
});
field.addEventListener("change", () => {
typing = false;
const value = Number(field.value.trim().replace(",", ".") || NaN);
if (!(value >= low && value <= high)) state.say(`${control.label} takes a number from ${low} to ${high}, got ${field.value.slice(0, 20) || "none"}.`);
else {
state.set(control.name, value);
const now = Number(state.values[control.name]);
if (Math.abs(now - value) > 1e-6 * Math.abs(value)) state.say(`Of ${control.label} only the stops are known here: ${reading(control, state)} is the nearest.`);
}
update();
});
return { update };
}
function player(parent, control, state) {
const box = html("div", { class: "agt-player" }, parent);
const [back, button, on] = ["❙◀", "", "▶❙"].map((text) => html("button", { type: "button", class: "agt-button", text }, box));
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
const atEnd = state.stop(control.name) >= last;
if (atEnd) goTo(0);
if (still.matches) return atEnd ? undefined : goTo(last);
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
for (const [each, by, words] of ([[back, -1, "back"], [on, 1, "on"]])) {
each.setAttribute("aria-label", `One ${words}: ${control.label.toLowerCase()}`);
each.addEventListener("click", () => {
pause();
goTo(Math.max(0, Math.min(last, state.stop(control.name) + by)));
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
const NUMBER = /^-?\d{1,20}(\.\d{1,20})?(e[-+]?\d{1,3})?$/i;
function followLink(root, state) {
const asked = [...new URLSearchParams(location.search)].filter(([key]) => key.includes("."));
const own = asked.filter(([key]) => key.startsWith(`${root.id}.`)).map(([key, text]) => ([key.slice(root.id.length + 1), text]));
const lost = root === document.querySelector(".agt-saved") && asked.some(([key]) => !document.getElementById(key.split(".")[0]));
if (own.every(([name, text]) => allows(state, name, text))) {
for (const [name, text] of own) state.set(name, state.control(name) && !state.control(name)?.options ? Number(text) : text);
return lost ? "The link is to a picture that is not on this page." : "";
}
return "The link asks for what this picture does not have: it stands as it begins.";
}
function allows(state, name, text) {
const control = state.control(name);
if (!control) return text.length < 2000 && (state.moved.get(name)?.(text) ?? false);
if (control.options) return control.options.includes(text);
const [low, high] = control.ends;
return NUMBER.test(text) && Number(text) >= low && Number(text) <= high;
}
function addressOf(root, state) {
const address = new URL(location.href);
for (const key of [...address.searchParams.keys()]) if (key.startsWith(`${root.id}.`)) address.searchParams.delete(key);
for (const name of state.changes()) {
const value = state.values[name];
address.searchParams.set(`${root.id}.${name}`, typeof value === "number" ? String(Number(value.toPrecision(12))) : value);
}
return address;
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
const data = await unpack(packed(), spec.data); // before anything is drawn, so that nothing moves once it is
const bar = controls(root, state, !models);
const words = sentence(root);
const lost = models ? noteOfLoss(root, models) : () => {};
const panels = html("div", { class: "agt-panels" }, root);
const train = chart && askKernel(state, chart);
state.kernel = !!chart;
const paint = build(panels, data, (state));
const foot = tools(root, state, bar.stop, models ? null : el.parentElement);
if (models) undo.push(...spec.controls.map((control, i) => followModel(state, control, models[i])));
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
function tools(root, state, stop, page) {
const row = html("div", { class: "agt-row agt-tools" }, root);
function button(text, act) {
const made = (html("button", { type: "button", class: "agt-button", text }, row));
made.addEventListener("click", act);
return made;
}
button("Reset", () => (stop(), state.reset()));
const back = state.moved.size ? button("Undo", () => state.past.pop()?.()) : null;
const put = state.moved.size ? button("Put it back", () => (state.mark(), state.putBack())) : null;
const keep = button("Keep this run", () => state.keep());
const linked = page?.id ? page : null;
if (linked) {
button("Copy link", async () => {
const address = addressOf(linked, state);
address.hash = linked.id;
const copied = await navigator.clipboard?.writeText(address.href).then(() => true, () => false);
state.say(copied ? "Copied: a link to this picture as it is now." : "The address of this page leads to this picture as it is now.");
});
state.note = followLink(linked, state);
}
const note = html("span", { class: "agt-said", role: "status" }, row);
let pause = 0;
return {
update({ own }) {
keep.hidden = !state.snapshot;
if (back) back.disabled = !state.past.length;
if (put) put.disabled = [...state.moved.keys()].every((name) => !state.values[name]);
const kept = state.kept.length ? "The pale runs are those that you kept." : "";
write(note, state.note || own || kept);
clearTimeout(pause);
if (linked) pause = window.setTimeout(() => remember(addressOf(linked, state)), 300);
},
stop: () => clearTimeout(pause),
};
}
function remember(address) {
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
return { html, svg, keepLines, write, figure, scientific, decimal, plural, listed, scale, endsOf, roomy, ticks, valueAt, stopOf, lastStop, State, reading, slider, choice, player, followLink, addressOf, unpack, unspread, fromBase64, followTheme, widget, wake };
})();
