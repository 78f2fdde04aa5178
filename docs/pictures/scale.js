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

/** @typedef {[number, number]} Pair */
/** @typedef {(value: number) => number} Scale */
/** @typedef {{x: Scale, y: Scale, width: number, height: number}} Frame */

const EDGES = { left: 56, right: 12, top: 10, bottom: 38 };

/**
 * One plot: a title, axes that are drawn again when its size or its data change, room for marks.
 * @param {Element} parent
 * @param {{title: string, words: string, xLabel: string, yLabel?: string, height?: number}} options
 *   `words` names the plot for a screen reader
 */
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
  /** @type {Frame} */
  let frame = { x: Number, y: Number, width: 0, height: 0 };

  /** How many pixels the plot has. */
  function size() {
    outer ||= box.clientWidth || 300; // asked once: to ask at each frame would lay the page out twice
    return { width: Math.max(60, outer - EDGES.left - EDGES.right), height: height - EDGES.top - EDGES.bottom };
  }

  /**
   * The scales for these domains, with the axes drawn to match.
   * @param {Pair} xs @param {Pair} ys @param {boolean} [log] of the y axis
   * @returns {Frame}
   */
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
    /** @param {string} text */ entitle: (text) => write(name, text),
    /** @param {string} text */ remark: (text) => write(note, text),
  };
}

/** @param {number} value */
function tickText(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(0).replace("e+", "e");
  return Number(value.toPrecision(6)).toLocaleString("en-US");
}

/**
 * A line in a plot; `draw` moves it.
 * @param {Element} plot
 * @param {string} kind present, best, data, or rest
 */
function line(plot, kind) {
  const path = svg("path", { class: `agt-line agt-${kind}` }, plot);
  let shown = "";
  return {
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Frame} frame @param {number} [count] */
    draw(xs, ys, frame, count = xs.length) {
      let d = "";
      for (let i = 0; i < count; i++) {
        const [x, y] = [frame.x(xs[i]), frame.y(ys[i])].map((at) => Math.max(-9999, Math.min(9999, at)));
        d += `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      }
      if (d !== shown) path.setAttribute("d", (shown = d));
    },
  };
}

/**
 * A word beside what it names.
 * @param {Element} parent
 * @param {string} kind whose colour it has
 * @param {string} [anchor] which end stands at x
 */
function tag(parent, kind, anchor = "middle") {
  const text = svg("text", { class: `agt-tag agt-${kind}`, "text-anchor": anchor }, parent);
  return {
    /** @param {number} x @param {number} y @param {string} words */
    put(x, y, words) {
      write(text, words);
      text.setAttribute("x", x.toFixed(1));
      text.setAttribute("y", y.toFixed(1));
    },
    /** @param {boolean} shown */
    show: (shown) => text.toggleAttribute("hidden", !shown),
  };
}

/**
 * A word beside a line, where it stands clearest of all other marks; it stays while it stands nearly as clear.
 * @param {Element} parent
 * @param {string} kind whose colour it has
 */
function lineTag(parent, kind) {
  const label = tag(parent, kind);
  let kept = 0;
  /**
   * @param {string} words
   * @param {Pair[]} along the line, in pixels
   * @param {Pair[]} obstacles points to stay clear of, in pixels
   * @param {Frame} frame
   * @returns {Pair[]} where it stands now, for the next label to stay clear of; empty where it found no place
   */
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

/**
 * How far a label is from the nearest obstacle.
 * @param {number} x @param {number} y its middle
 * @param {number} half of its width
 * @param {Pair[]} obstacles
 */
function clearance(x, y, half, obstacles) {
  let least = Infinity;
  for (const [ox, oy] of obstacles) {
    const across = Math.max(0, Math.abs(ox - x) - half);
    const down = Math.max(0, Math.abs(oy - y) - 7);
    least = Math.min(least, across * across + down * down);
  }
  return Math.sqrt(least);
}

/**
 * The measured points, each with its exact values under the pointer and under the keyboard's focus.
 * @param {ReturnType<typeof panel>} place
 * @param {number} count
 * @param {(index: number) => string} words the exact values of one point
 */
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
    dot.addEventListener("keydown", (event) => move(/** @type {KeyboardEvent} */ (event)));
    return dot;
  });
  /** @param {KeyboardEvent} event */
  function move(event) {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -count, End: count }[event.key];
    if (!by) return;
    event.preventDefault();
    dots[active].setAttribute("tabindex", "-1");
    active = Math.max(0, Math.min(count - 1, active + by));
    dots[active].setAttribute("tabindex", "0");
    dots[active].focus();
  }
  /** @param {number} index */
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
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Frame} frame */
    draw(xs, ys, frame) {
      dots.forEach((dot, i) => {
        dot.setAttribute("cx", frame.x(xs[i]).toFixed(1));
        dot.setAttribute("cy", frame.y(ys[i]).toFixed(1));
      });
      update();
    },
  };
}

/**
 * Points in data as points in pixels.
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {Frame} frame
 * @param {number} count
 * @returns {Pair[]}
 */
function pixels(xs, ys, frame, count) {
  return Array.from({ length: count }, (_, i) => [frame.x(xs[i]), frame.y(ys[i])]);
}

/**
 * The exact values of one point.
 * @param {number} time
 * @param {number} speed
 * @param {number | undefined} pred
 */
function pointInWords(time, speed, pred) {
  const said = `t = ${figure(time, 3)} s: ${figure(speed, 3)} measured`;
  return pred === undefined ? said : `${said}, ${figure(pred, 3)} predicted`;
}

/** @typedef {{shares: number[], own: number[], shown: number[], full: number}} Group what each worker holds, finds and shows */

const LANE_HEIGHT = 24; // pixels
const TOP_HEIGHT = 24;
const END_HEIGHT = 30;

/** @type {import("./kit/host.js").Build} */
function buildScale(panels, spec, _, state) {
  /** @type {{time: number[], speed: number[], shares: Record<string, number[][]>, most: number, name: string, slopes: Record<string, number[][]>, full: number}} */
  const { time, speed, shares, most, name: slope, slopes, full } = spec.data;
  const ends = slopeEnds(Object.values(slopes).flat(2));
  panels.classList.add("agt-two");
  panels.style.gridTemplateColumns = "repeat(auto-fit, minmax(min(100%, 300px), 1fr))";
  const height = TOP_HEIGHT + LANE_HEIGHT * most + END_HEIGHT;
  const owners = { of: (/** @type {number} */ _) => 0 };
  const split = sharesOf(panels, time, speed, most, height, (i) => owners.of(i));
  const lanes = lanesOf(panels, most, height, slope, ends);

  return function paint() {
    const { workers, split: kind, mean, moment } = state.values; // workers: a stop, the first one is one worker
    const sizes = shares[kind][workers];
    const own = slopes[kind][workers];
    const after = moment === "after";
    const met = averageOf(own, sizes, mean === "weighted");
    const group = { shares: sizes, own, shown: after ? own.map(() => met) : own, full };
    owners.of = (i) => ownerOf(i, sizes);
    split(sizes);
    lanes(group, after);
    return after ? metInWords(group, met, slope, mean) : apartInWords(group, slope, mean);
  };
}

/**
 * @param {number[]} every
 * @returns {[number, number]} the least and the greatest slope, and 0
 */
function slopeEnds(every) {
  return [Math.min(0, ...every), Math.max(0, ...every)];
}

/**
 * @param {number[]} own
 * @param {number[]} sizes
 * @param {boolean} weighted
 */
function averageOf(own, sizes, weighted) {
  const weights = weighted ? sizes : sizes.map(() => 1);
  return own.reduce((sum, slope, i) => sum + weights[i] * slope, 0) / weights.reduce((sum, each) => sum + each, 0);
}

/**
 * Which worker holds point `i`.
 * @param {number} i
 * @param {number[]} sizes
 */
function ownerOf(i, sizes) {
  let last = 0;
  return sizes.findIndex((size) => i < (last += size));
}

/**
 * The points, and a band for each worker.
 * @param {Element} panels
 * @param {number[]} time @param {number[]} speed
 * @param {number} most @param {number} height
 * @param {(i: number) => number} owner
 */
function sharesOf(panels, time, speed, most, height, owner) {
  const place = panel(panels, { title: "Who holds which points", words: "Speed against time, a band for each worker", xLabel: "t (s)", yLabel: "speed (m/s)", height });
  const bands = Array.from({ length: most }, () => svg("rect", { y: 0, height: 999 }, place.plot));
  const names = bands.map(() => tag(place.over, "rest"));
  const dots = points(place, time.length, (i) => `worker ${owner(i)}: t = ${figure(time[i], 3)} s, ${figure(speed[i], 3)} m/s`);
  const [low, high] = [Math.min(...speed), Math.max(...speed)];
  const room = (high - low) * 0.08 || 1;
  const edge = (time[time.length - 1] - time[0]) * 0.03 || 1;

  /** @param {number[]} sizes */
  return function draw(sizes) {
    const frame = place.axes([time[0] - edge, time[time.length - 1] + edge], [low - room, high + 2.5 * room]);
    let first = 0;
    bands.forEach((band, rank) => {
      const shown = rank < sizes.length;
      band.toggleAttribute("hidden", !shown);
      names[rank].show(shown);
      if (!shown) return;
      const last = first + sizes[rank];
      const left = first ? frame.x((time[first - 1] + time[first]) / 2) : 0;
      const right = last < time.length ? frame.x((time[last - 1] + time[last]) / 2) : frame.width;
      band.setAttribute("x", left.toFixed(1));
      band.setAttribute("width", Math.max(0, right - left).toFixed(1));
      band.style.fill = rank % 2 ? "transparent" : "var(--line)";
      names[rank].put((left + right) / 2, 13, String(rank));
      first = last;
    });
    dots.draw(time, speed, frame);
  };
}

/**
 * A lane for each worker: how many points it holds, its slope in figures and as a bar.
 * @param {Element} panels
 * @param {number} most @param {number} height
 * @param {string} slope
 * @param {[number, number]} ends
 */
function lanesOf(panels, most, height, slope, ends) {
  const place = panel(panels, { title: `What each has as ${slope}`, words: "A row for each worker: how many points it holds and its slope", xLabel: "", height });
  const group = svg("g", {}, place.drawing);
  const heads = ["worker", "points", slope].map((text) => lane(group, text));
  const rows = Array.from({ length: most }, () => {
    const box = svg("g", { role: "img" }, group);
    return { box, cells: [lane(box, ""), lane(box, ""), lane(box, "")], bar: svg("rect", { class: "agt-now", height: LANE_HEIGHT - 8 }, box) };
  });
  const goal = line(group, "best");
  const goalTag = tag(group, "best", "end");

  /** @param {Group} group @param {boolean} after */
  return function draw({ shares, shown, full }, after) {
    const width = place.size().width + 68;
    const edges = [46, 94, 172];
    const [from, to] = [182, Math.max(200, width - 8)];
    const scale = (to - from) / (ends[1] - ends[0] || 1);
    const zero = ends[1] > -ends[0] ? from - ends[0] * scale : from + ends[1] * scale; // a slope below 0 grows to the right too, where all are
    const along = (/** @type {number} */ value) => (ends[1] > -ends[0] ? zero + value * scale : zero - value * scale);
    heads.forEach((head, k) => stand(head, edges[k], 13));
    rows.forEach(({ box, cells, bar }, rank) => {
      box.toggleAttribute("hidden", rank >= shares.length);
      if (rank >= shares.length) return;
      const y = TOP_HEIGHT + LANE_HEIGHT * rank;
      [String(rank), String(shares[rank]), figure(shown[rank])].forEach((text, k) => {
        write(cells[k], text);
        stand(cells[k], edges[k], y + 15);
      });
      const [start, end] = [zero, along(shown[rank])].sort((one, other) => one - other);
      bar.setAttribute("x", start.toFixed(1));
      bar.setAttribute("y", String(y + 3));
      bar.setAttribute("width", Math.max(1, end - start).toFixed(1));
      box.setAttribute("aria-label", `worker ${rank}: ${plural(shares[rank], "point")}, ${slope} ${figure(shown[rank])}`);
    });
    const bottom = TOP_HEIGHT + LANE_HEIGHT * shares.length + 4;
    const x = along(full);
    goal.draw([x, x], [TOP_HEIGHT - 4, bottom], { x: Number, y: Number, width, height });
    const words = `over all points ${figure(full)}`;
    goalTag.put(Math.min(width - 2, Math.max(x + 60, 7.6 * words.length)), bottom + 17, words);
    place.remark(after ? "after all-reduce" : "before all-reduce");
  };
}

/**
 * @param {Element} parent
 * @param {string} text
 */
function lane(parent, text) {
  return svg("text", { class: "agt-axis", "text-anchor": "end", text }, parent);
}

/** @param {Element} text @param {number} x @param {number} y */
function stand(text, x, y) {
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
}

/**
 * Before they meet.
 * @param {Group} group
 * @param {string} slope
 * @param {string} mean plain or weighted
 * @returns {import("./kit/host.js").Finding}
 */
function apartInWords({ shares, own, full }, slope, mean) {
  if (own.length === 1) return { verdict: "One worker.", words: `It holds all points, and its ${slope} is ${figure(own[0])}; so is the ${mean} mean.`, value: figure(own[0]) };
  const [low, high] = [Math.min(...own), Math.max(...own)].map((each) => figure(each));
  const even = shares.every((size) => size === shares[0]);
  const held = even ? `${plural(shares[0], "point")} each` : `${listed(shares.map(String))} points`;
  const words = `With ${held} their ${slope} goes from ${high} to ${low}; over all points it is ${figure(full)}. The ${mean} mean comes next.`;
  return { verdict: `${own.length} gradients.`, words, value: `${own.length} gradients, from ${high} to ${low}` };
}

/**
 * After they met.
 * @param {Group} group
 * @param {number} met
 * @param {string} slope
 * @param {string} mean plain or weighted
 * @returns {import("./kit/host.js").Finding}
 */
function metInWords({ own, full }, met, slope, mean) {
  const size = Math.max(...own.map(Math.abs), Math.abs(full));
  const value = `all have ${figure(met)}`;
  if (Math.abs(met - full) <= 1e-4 * size) return { verdict: "One gradient, the right one.", words: `By the ${mean} mean every worker has ${figure(met)} as ${slope}, as over all points.`, value };
  const off = Math.abs(met / full - 1);
  const far = Number.isFinite(off) ? `${figure(100 * off, 2)}% off` : "off";
  return { verdict: "One gradient, a wrong one.", words: `By the ${mean} mean every worker has ${figure(met)} as ${slope}, ${far}: over all points it is ${figure(full)}.`, value };
}

wake("scale", buildScale);
void widget(buildScale);
})();