(() => {
const SVG = "http://www.w3.org/2000/svg";

/**
 * A new HTML element with attributes, inside `parent` where one is given.
 * @param {string} name
 * @param {Record<string, string | number>} [attributes] `text` becomes the content
 * @param {Element} [parent]
 * @returns {HTMLElement}
 */
function html(name, attributes = {}, parent) {
  return /** @type {HTMLElement} */ (dress(document.createElement(name), attributes, parent));
}

/**
 * A new SVG element, as `html` makes one.
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {Element} [parent]
 * @returns {SVGElement}
 */
function svg(name, attributes = {}, parent) {
  return /** @type {SVGElement} */ (dress(document.createElementNS(SVG, name), attributes, parent));
}

/**
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 */
function dress(element, attributes, parent) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") element.textContent = String(value);
    else element.setAttribute(key, String(value));
  }
  parent?.append(element);
  return element;
}

/**
 * Set the text of an element, where it is another one.
 * @param {Element} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
/**
 * A number as a reader wants it: four digits, thousands parted, no needless exponent.
 * @param {number} value
 * @param {number} [digits] how many that count
 * @returns {string}
 */
function figure(value, digits = 4) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1).replace("e+", "e");
  if (size >= 10 ** (digits - 1)) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(digits);
}

/**
 * A number with the exponent that it needs: 1.00e-5, 3.16.
 * @param {number} value
 * @returns {string}
 */
function scientific(value) {
  return value.toExponential(2).replace(/e\+0$/, "").replace("e+", "e");
}

/**
 * A small number without an exponent: 0.0000331.
 * @param {number} value above 0
 * @param {number} [digits] how many that count
 * @returns {string}
 */
function decimal(value, digits = 3) {
  const places = digits - 1 - Math.floor(Math.log10(value));
  return value.toFixed(Math.max(0, Math.min(20, places)));
}

/**
 * @param {number} count
 * @param {string} word
 * @returns {string} 1 step, 2 steps
 */
function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/**
 * @param {string[]} words
 * @returns {string} the steep, the middle and the flat
 */
function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
/**
 * A map from data to pixels.
 * @param {[number, number]} domain in data
 * @param {[number, number]} range in pixels
 * @param {boolean} [log] on a log scale
 * @returns {(value: number) => number}
 */
function scale(domain, range, log = false) {
  const turn = log ? Math.log10 : Number;
  const [low, high] = domain.map((value) => turn(value));
  const stretch = (range[1] - range[0]) / (high - low || 1);
  return (value) => range[0] + (turn(value) - low) * stretch;
}

/**
 * Round values between the ends of `domain`, about `count` of them.
 * @param {[number, number]} domain
 * @param {number} count
 * @param {boolean} [log]
 * @returns {number[]}
 */
function ticks(domain, count, log = false) {
  return log ? powers(domain, count) : rounds(domain, count);
}

/**
 * @param {[number, number]} domain
 * @param {number} count
 */
function rounds([low, high], count) {
  const rough = (high - low) / Math.max(1, count) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((times) => times * power >= rough) ?? 10);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}

/**
 * @param {[number, number]} domain
 * @param {number} count
 */
function powers([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const found = [];
  for (let power = first; power <= last; power += every) found.push(10 ** power);
  return found;
}
/**
 * A control as Python describes it: a slider of `min`, `max`, `step` (exponents of ten where `log`),
 * or a choice among `options`. With a `pace`, playing takes that many seconds a stop.
 * @typedef {{name: string, label: string, value: any, min: number, max: number, step: number,
 *   log?: boolean, play?: boolean, pace?: number, ends?: boolean, options?: string[]}} Control
 */

/**
 * The value of a slider at one of its stops.
 * @param {Control} control
 * @param {number} stop
 * @returns {number}
 */
function valueAt(control, stop) {
  const at = control.min + stop * control.step;
  return control.log ? 10 ** at : Number(at.toFixed(9));
}

/**
 * The stop that is nearest to a value.
 * @param {Control} control
 * @param {number} value
 * @returns {number}
 */
function stopOf(control, value) {
  const at = control.log ? Math.log10(value) : value;
  const stop = Math.round((at - control.min) / control.step);
  return Math.max(0, Math.min(lastStop(control), stop));
}

/** @param {Control} control */
function lastStop(control) {
  return Math.round((control.max - control.min) / control.step);
}

/**
 * What the reader has set, by name: a stop for a slider, a text for a choice.
 * Listeners hear of changes at most once a frame.
 */
class State {
  /** @param {Control[]} controls */
  constructor(controls) {
    this.controls = controls;
    /** @type {Record<string, any>} */
    this.values = {};
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    /** @type {Set<(name: string, value: any) => void>} */
    this.writers = new Set();
    this.frame = 0;
    for (const control of controls) this.values[control.name] = this.first(control);
  }

  /** @param {Control} control */
  first(control) {
    return control.options ? control.value : stopOf(control, control.value);
  }

  /** @param {string} name @returns {number} the value, not the stop, of a slider */
  number(name) {
    const control = this.controls.find((each) => each.name === name);
    return control ? valueAt(control, this.values[name]) : NaN;
  }

  /**
   * @param {string} name
   * @param {any} value
   * @param {unknown} [from] the writer that knows already
   */
  set(name, value, from) {
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
    for (const control of this.controls) this.set(control.name, this.first(control));
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.listeners.clear();
    this.writers.clear();
  }
}

/** @typedef {import("./state.js").Control} Control */
/** @typedef {import("./state.js").State} State */

/**
 * The value of a slider in figures of equal width.
 * @param {Control} control
 * @param {number} stop
 * @param {boolean} [aloud] without an exponent, which a screen reader spells
 * @returns {string}
 */
function reading(control, stop, aloud = false) {
  const value = valueAt(control, stop);
  if (control.log) return aloud ? decimal(value) : scientific(value);
  return Number.isInteger(control.step) ? String(value) : value.toFixed(2);
}

/**
 * A track with ticks, a fill, and a hatched part past an edge; over it a native slider where `input`.
 * @param {Element} parent
 * @param {Control} control
 * @param {State} state
 * @param {boolean} input
 * @returns {{update: (words: string, edge?: number | null) => void, stop: () => void}}
 */
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
  const last = lastStop(control);
  const range = input ? nativeRange(box, name, control, state) : null;

  /** @param {string} words @param {number | null} [edge] */
  function update(words, edge) {
    const stop = state.values[control.name];
    const share = `${(100 * stop) / last}%`;
    fill.style.width = share;
    knob.style.left = share;
    write(value, input ? reading(control, stop) : "");
    row.hidden = !input && !edge;
    showEdge(hatch, note, control, edge);
    if (!range) return;
    range.value = String(stop);
    range.setAttribute("aria-valuetext", words);
  }
  return { update, stop: () => row.remove() };
}

/**
 * @param {Element} rail
 * @param {Control} control
 */
function marks(rail, control) {
  const ends = /** @type {[number, number]} */ ([control.min, control.max]);
  const place = scale(ends, [0, 100]);
  const whole = control.log || Number.isInteger(control.step);
  const at = ticks(ends, control.log ? 7 : 4).filter((tick) => !whole || Number.isInteger(tick));
  for (const tick of at) {
    const text = control.log && tick ? `1e${tick}` : String(control.log ? 1 : Number(tick.toFixed(6)));
    const mark = html("span", { class: "agt-tick", text }, rail);
    mark.style.left = `${place(tick)}%`;
  }
}

/**
 * @param {HTMLElement} hatch
 * @param {HTMLElement} note
 * @param {Control} control
 * @param {number | null} [edge]
 */
function showEdge(hatch, note, control, edge) {
  const at = edge ? Math.max(0, (Math.log10(edge) - control.min) / (control.max - control.min)) : 1;
  const inside = at < 1;
  hatch.hidden = note.hidden = !inside;
  if (!inside || !edge) return;
  hatch.style.left = note.style.left = `${100 * at}%`;
  note.classList.toggle("agt-left", at > 0.6);
  if (note.lastElementChild) write(note.lastElementChild, figure(edge, 3));
}

/**
 * @param {Element} box
 * @param {Element} name
 * @param {Control} control
 * @param {State} state
 */
function nativeRange(box, name, control, state) {
  const range = /** @type {HTMLInputElement} */ (html("input", { type: "range", min: 0, max: lastStop(control), step: 1 }, box));
  range.id = unique();
  name.setAttribute("for", range.id);
  range.value = String(state.values[control.name]);
  range.addEventListener("input", () => state.set(control.name, Number(range.value)));
  return range;
}

/**
 * A choice among a few words: native radio buttons that look like one bar.
 * @param {Element} parent
 * @param {Control} control
 * @param {State} state
 * @returns {{update: () => void}}
 */
function choice(parent, control, state) {
  const group = html("fieldset", { class: "agt-choice" }, parent);
  html("legend", { text: control.label }, group);
  const shared = unique();
  const radios = (control.options ?? []).map((option) => {
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

/**
 * A button that runs a slider to its end, and pauses it.
 * @param {Element} parent
 * @param {Control} control
 * @param {State} state
 * @returns {{stop: () => void}}
 */
function player(parent, control, state) {
  const button = html("button", { type: "button", class: "agt-button" }, parent);
  const last = lastStop(control);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const { pace } = control;
  const whole = (pace ? pace * last : Math.min(6, 0.25 * last)) * 1000; // milliseconds from the first stop to the last
  let frame = 0;
  let expected = -1;

  /** @param {boolean} playing */
  function label(playing) {
    write(button, playing ? "❚❚ Pause" : "▶ Play");
    button.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${control.label.toLowerCase()}`);
  }
  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
    label(false);
  }
  function play() {
    if (state.values[control.name] >= last) state.set(control.name, 0);
    if (still.matches) return state.set(control.name, last);
    const from = (expected = state.values[control.name]);
    const begun = performance.now();
    label(true);
    const move = () => {
      const moved = state.values[control.name] !== expected; // the reader scrubs: let go
      if (moved || expected >= last) return pause();
      const span = pace ? (whole * (last - from)) / last : whole;
      const share = Math.min(1, (performance.now() - begun) / span);
      expected = from + Math.floor((last - from) * share ** (pace ? 1 : 2)); // without a pace slowly at first, where most happens
      state.set(control.name, expected);
      frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
  }
  button.addEventListener("click", () => (frame ? pause() : play()));
  label(false);
  return { stop: pause };
}

let count = 0;

/** @returns {string} an id that no other element on the page has */
function unique() {
  count += 1;
  return `agt-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${count}`;
}
/**
 * What `autograd_tutorial.packing.pack` made, unpacked.
 * @param {Uint8Array<ArrayBuffer>} packed
 * @param {[string, number[]][]} shapes the name and shape of each array, in the order of packing
 * @returns {Promise<Record<string, Float32Array>>}
 */
async function unpack(packed, shapes) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const words = joined(planes);
  /** @type {Record<string, Float32Array>} */
  const arrays = {};
  let from = 0;
  for (const [name, shape] of shapes) {
    const size = shape.reduce((product, length) => product * length, 1);
    const part = words.subarray(from, from + size);
    undoDifferences(part, shape.at(-1) ?? 1);
    arrays[name] = new Float32Array(part.buffer, part.byteOffset, size);
    from += size;
  }
  return arrays;
}

/**
 * Four planes of bytes, the lowest first, as 32-bit words.
 * @param {Uint8Array} planes
 */
function joined(planes) {
  const count = planes.length / 4;
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    words[i] = planes[i] | (planes[i + count] << 8) | (planes[i + 2 * count] << 16) | (planes[i + 3 * count] << 24);
  }
  return words;
}

const DROPPED = 10; // the bits of a float32 that packing rounds away

/**
 * Twice the running sum along each row, in place; then back to the bits of a float.
 * @param {Uint32Array} words
 * @param {number} row how long a row is
 */
function undoDifferences(words, row) {
  for (let start = 0; start < words.length; start += row) {
    let slope = 0;
    let value = 0;
    for (let i = start; i < start + row; i++) {
      const folded = words[i];
      slope = (slope + ((folded >>> 1) ^ -(folded & 1))) | 0;
      value = (value + slope) | 0;
      words[i] = value << DROPPED;
    }
  }
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
/**
 * Keep `root` light or dark as the page around it is: JupyterLab and Colab say so in attributes, others by `color-scheme`.
 * @param {HTMLElement} root
 * @returns {() => void} ends it
 */
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

/** @typedef {import("./state.js").Control} Control */
/**
 * What Python hands to a picture.
 * @typedef {{title: string, controls: Control[], shapes: [string, number[]][], data: any}} Spec
 */
/**
 * What a picture draws at each change.
 * @typedef {{verdict: string, words: string, value: string, edge?: number | null}} Finding
 *   `verdict` and `words` say it in a sentence, `value` in a few words for the slider's value
 */
/**
 * A picture: builds its panels once, and returns what draws them for the present state.
 * @typedef {(panels: HTMLElement, spec: Spec, arrays: Record<string, Float32Array>, state: State) => () => Finding} Build
 */

/**
 * A picture as a front-end module: over controls of a kernel that the model names.
 * @param {Build} build
 */
function widget(build) {
  return {
    /** @param {{model: any, el: HTMLElement}} view */
    async render({ model, el }) {
      const packed = model.get("packed");
      const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength).slice();
      const names = model.get("controls");
      const models = await Promise.all(names.map((/** @type {string} */ id) => model.widget_manager.get_model(id.slice(10))));
      return draw(el, model.get("spec"), () => bytes, build, models);
    },
  };
}

/**
 * Wake every saved picture of this kind that has its data and still sleeps.
 * @param {string} kind
 * @param {Build} build
 */
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

/**
 * Draw a picture into `el`; the controls are `models` of a kernel, or native ones where there are none.
 * @param {HTMLElement} el
 * @param {Spec} spec
 * @param {() => Uint8Array<ArrayBuffer>} packed
 * @param {Build} build
 * @param {any[] | null} models
 * @returns {Promise<() => void>} what undoes it
 */
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
    const arrays = await unpack(packed(), spec.shapes); // before anything is drawn, so that nothing moves once it is
    if (models) undo.push(...spec.controls.map((control, i) => followModel(state, control, models[i])));
    const bar = controls(root, state, !models);
    const words = sentence(root);
    const lost = models ? noteOfLoss(root, models) : () => {};
    const panels = html("div", { class: "agt-panels" }, root);
    const paint = build(panels, spec, arrays, state);
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

/**
 * The controls above a picture; in a kernel only what its own controls do not show.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {boolean} input whether they are to be moved here
 */
function controls(root, state, input) {
  const box = html("div", { class: "agt-controls" }, root);
  const sliders = state.controls.filter((each) => !each.options && (input || each.log)).map((each) => ({ each, ...slider(box, each, state, input) }));
  const row = html("div", { class: "agt-row" }, box);
  const players = state.controls.filter((each) => each.play).map((each) => player(row, each, state));
  const choices = state.controls.filter((each) => input && each.options).map((each) => choice(row, each, state));
  const reset = html("button", { type: "button", class: "agt-button", text: "Reset" }, row);
  reset.addEventListener("click", () => {
    players.forEach((each) => each.stop());
    state.reset();
  });
  return {
    /** @param {Finding} finding */
    update({ value, edge }) {
      for (const { each, update } of sliders) update(`${reading(each, state.values[each.name], true)}, ${value}`, each.log ? edge : null);
      for (const each of choices) each.update();
    },
    stop: () => players.forEach((each) => each.stop()),
  };
}

/**
 * The state in words: at once for the eye, after a pause for a screen reader.
 * @param {HTMLElement} root
 */
function sentence(root) {
  const seen = html("p", { class: "agt-words" }, root);
  const verdict = html("strong", {}, seen);
  const rest = html("span", {}, seen);
  const heard = html("div", { class: "agt-heard", role: "status", "aria-live": "polite" }, root);
  let pause = 0;
  let first = true;
  return {
    /** @param {Finding} finding */
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

/**
 * Let a control of the kernel and the state follow each other, here in the browser.
 * @param {State} state
 * @param {Control} control
 * @param {any} model
 */
function followModel(state, control, model) {
  const trait = control.options ? "index" : "value";
  const write = (/** @type {string} */ name, /** @type {any} */ value) => {
    if (name !== control.name) return;
    model.set(trait, control.options ? control.options.indexOf(value) : valueAt(control, value));
    model.save_changes();
  };
  const read = () => {
    const value = model.get(trait);
    return control.options ? control.options[value] : stopOf(control, value);
  };
  const heard = () => state.set(control.name, read(), write);
  state.writers.add(write);
  model.on(`change:${trait}`, heard);
  heard();
  return () => model.off(`change:${trait}`, heard);
}

/**
 * Give a slider of the kernel the name and the value in words that a screen reader needs: a log slider says its exponent.
 * @param {any} model
 * @param {Control} control
 * @param {State} state
 * @param {string} value
 */
async function nameModel(model, control, state, value) {
  if (control.options) return;
  for (const view of await Promise.all(Object.values(model.views ?? {}))) {
    const handle = view.el.querySelector("[role=slider], .ui-slider-handle");
    handle?.setAttribute("data-lm-suppress-shortcuts", "true"); // its arrow keys are not the notebook's
    handle?.setAttribute("aria-label", control.label);
    handle?.setAttribute("aria-valuetext", `${reading(control, state.values[control.name], true)}, ${value}`);
  }
}

/**
 * Say so when the kernel has gone: the picture goes on with what it has.
 * @param {HTMLElement} root
 * @param {any[]} models
 */
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

/** @typedef {[number, number]} Spot */
/**
 * A graph as Python has laid it out, in pixels; `step` is the step back at which a part is reached, 0: never.
 * @typedef {{place: [number, number, number, number], lines: string[], kind: string, step: number}} Box
 * @typedef {{route: Spot[], label: [number, number, string] | null, step: number}} Arrow
 * @typedef {{verdict: string, words: string, value: string, note: string, rows: string[][]}} Step
 * @typedef {{width: number, height: number, boxes: Box[], arrows: Arrow[], steps: Step[]}} Recorded
 */

const TALLEST = 280; // pixels; what is higher scrolls
const LEAST = 170;
const ROWS = 3; // lines of the ledger for which room is kept

/** @type {import("./kit/host.js").Build} */
function buildGraph(panels, spec, _arrays, state) {
  /** @type {Recorded} */
  const graph = spec.data;
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

/**
 * Waiting, reached now, or passed.
 * @param {Element} element
 * @param {string} name its class in each of them
 * @param {number} step
 * @param {number} at
 */
function mark(element, name, step, at) {
  const phase = !step ? "never" : step > at ? "waits" : step === at ? "current" : "passed";
  element.setAttribute("class", `${name} agt-${phase}`);
}

/**
 * @param {Element} drawing
 * @param {Arrow} arrow
 */
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

/**
 * A curve that leaves each box level, and is straight where it passes a column.
 * @param {Spot[]} route
 */
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

/**
 * @param {Element} drawing
 * @param {Box} box
 * @param {import("./kit/state.js").State} state
 */
function drawnBox(drawing, { place: [x, y, width, height], lines, kind, step }, state) {
  const group = svg("g", {}, drawing);
  svg("rect", { x, y, width, height, rx: kind === "leaf" ? 14 : 4 }, group);
  lines.forEach((line, k) => svg("text", { class: `agt-row-${k}`, x: x + width / 2, y: y + 17 + 17 * k, text: line }, group));
  if (step) group.addEventListener("click", () => state.set("step", step));
  return (/** @type {number} */ at) => mark(group, `agt-node agt-kind-${kind}`, step, at);
}

/**
 * Bring a box into view, sideways and downwards, within the drawing alone.
 * @param {Element} view
 * @param {Box | undefined} box
 * @param {boolean} first
 */
function follow(view, box, first) {
  if (!box) return;
  const [x, y, width, height] = box.place;
  const calm = first || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const left = x + width / 2 - view.clientWidth * 0.6;
  view.scrollTo({ left, top: y + height / 2 - view.clientHeight / 2, behavior: calm ? "instant" : "smooth" });
}

/**
 * What came in, times the local derivative, is what goes out: a line for each way on.
 * @param {Element} parent
 */
function ledgerOf(parent) {
  const ledger = html("div", { class: "agt-ledger" }, parent);
  const note = html("p", {}, ledger);
  const table = html("table", {}, ledger);
  const head = html("tr", {}, html("thead", {}, table));
  for (const text of ["came in", "× local", "= out", "to"]) html("th", { scope: "col", text }, head);
  const body = html("tbody", {}, table);

  /** @param {Step} step */
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

/**
 * @param {Element} parent
 * @param {Step[]} steps
 */
function listOfSteps(parent, steps) {
  const details = html("details", {}, parent);
  html("summary", { text: "All steps in words" }, details);
  const list = html("ol", {}, details);
  for (const { verdict, words } of steps) html("li", { text: `${verdict} ${words}` }, list);
}

wake("graph", buildGraph);
void widget(buildGraph);
})();