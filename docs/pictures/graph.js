(() => {
const SVG = "http://www.w3.org/2000/svg";

function html(name, attributes = {}, parent) {
  return /** @type {HTMLElement} */ (dress(document.createElement(name), attributes, parent));
}

function svg(name, attributes = {}, parent) {
  return /** @type {SVGElement} */ (dress(document.createElementNS(SVG, name), attributes, parent));
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
  const range = /** @type {HTMLInputElement} */ (html("input", { type: "range", min: 0, max: lastStop(control), step: 1 }, box));
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
    const radio = /** @type {HTMLInputElement} */ (html("input", { type: "radio", name: shared, value: option }, label));
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
async function unpack(packed, data) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const words = joined(new Uint8Array(await new Response(stream).arrayBuffer()));
  return /** @type {Data} */ (filled(data, words));
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
  const { packed, shape } = /** @type {{packed: number, shape: number[]}} */ (data);
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
  const guard = (/** @type {() => void} */ act) => {
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
    const paint = build(panels, data, /** @type {State & {values: Values}} */ (state));
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
  const write = (/** @type {string} */ name, /** @type {number | string} */ value) => {
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
    write(note, lost ? "The kernel has gone. The picture works on with what was computed; run the cell again for more." : "");
  };
  for (const model of models) model.on("comm_live_update", hear);
  hear();
  return () => models.forEach((model) => model.off("comm_live_update", hear));
}


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
  return (/** @type {number} */ at) => {
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
  return (/** @type {number} */ at) => mark(group, `agt-node agt-kind-${kind}`, step, at);
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
})();