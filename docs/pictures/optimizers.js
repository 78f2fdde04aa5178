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
 * One set of runs: every rate, with one loss and one time.
 * @typedef {{error?: string, times: number[], curve: number, measured: (number | null)[], base: number[], basis: number[][],
 *   best: number[] | null, floor: number | null, edge: number | null,
 *   directions: {name: string, curvature: number, start: number}[]}} Runs
 */
/**
 * One run after some of its steps: `step` is what was asked for, `at` how far it lives.
 * @typedef {{loss: string, step: number, at: number, all: Float32Array, count: number, errors: number[], before: number[], runs: Runs,
 *   exploded: boolean}} Now
 */

/**
 * The run that the reader has set, as far as its step.
 * @param {Record<string, Float32Array>} arrays
 * @param {Runs} runs
 * @param {string} key under which `arrays` has them
 * @param {number} length how many losses a run has
 * @param {{loss: string, lr: number, step: number}} chosen
 * @returns {Now}
 */
function nowOf(arrays, runs, key, length, { loss, lr, step }) {
  const all = arrays[`${key} losses`].subarray(lr * length, (lr + 1) * length);
  const end = all.findIndex((value) => !Number.isFinite(value));
  const count = end < 0 ? length : end;
  const at = Math.min(step, count - 1);
  const [errors, before] = [at, Math.max(0, at - 1)].map((then) => errorsAt(arrays, key, length, lr, then));
  return { loss, step, at, all, count, errors, before, runs, exploded: step >= count };
}

/**
 * How far a run is from the best params after some steps, along each direction.
 * @param {Record<string, Float32Array>} arrays
 * @param {string} key
 * @param {number} length how many losses a run has
 * @param {number} lr
 * @param {number} at
 */
function errorsAt(arrays, key, length, lr, at) {
  const [errors, losses] = [arrays[`${key} errors`], arrays[`${key} losses`]];
  const directions = errors.length / losses.length;
  return Array.from({ length: directions }, (_, k) => errors[k * losses.length + lr * length + at]);
}

/**
 * What is left of the error along each direction, as a share of what it was at the start.
 * @param {Runs} runs
 * @param {number[]} errors
 */
function shares(runs, errors) {
  return runs.directions.map(({ start }, k) => (start ? Math.abs(errors[k] / start) : 0));
}

/**
 * What ended a run whose loss is no number any more.
 * @param {number} loss
 */
function ended(loss) {
  return Number.isNaN(loss) ? "broke off" : "exploded";
}

/**
 * What a run has come to.
 * @param {Now} now
 * @returns {import("./host.js").Finding}
 */
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

/**
 * What a run is doing. It goes by the last ten steps, and by what is left: all that is above the floor, or,
 * where no floor is known, what has been learned so far.
 * @param {Now} now
 * @returns {{verdict: string, why: string}}
 */
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

/**
 * @param {Runs} runs
 * @param {number[]} errors
 */
function directionsInWords(runs, errors) {
  const left = shares(runs, errors);
  const named = (/** @type {(share: number) => boolean} */ test) =>
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

/** @typedef {import("./runs.js").Runs} Runs */

// Beside an error that explodes, a float32 has no digits left for one this much smaller.
const ROUNDING = 4e-6;

/**
 * A bar for each direction: how much of its error is left.
 * @param {Element} panels
 */
function directionBars(panels) {
  const box = html("div", { class: "agt-panel" }, panels);
  const title = html("div", { class: "agt-title" }, box);
  html("strong", { text: "Left to learn" }, title);
  html("span", { class: "agt-note", text: "by direction" }, title);
  const list = html("div", { class: "agt-bars" }, box);
  let shown = /** @type {unknown} */ (null);
  let rows = /** @type {{left: HTMLElement, fill: HTMLElement}[]} */ ([]);

  /** @param {Runs} runs */
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

  /** @param {import("./runs.js").Now} now */
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

/** @typedef {import("./panel.js").Frame} Frame */
/** @typedef {import("./panel.js").Pair} Pair */
/**
 * The loss over the plane of the steepest and the flattest direction, through the best params: each level is an ellipse.
 * @typedef {import("./runs.js").Runs & {levels: number[], spans: Pair, stretch: number}} Bowl
 *   `spans`: how far the axes reach at least, across and up; `stretch`: how many times wider a unit across is drawn than one up
 */

/**
 * The plot from above.
 * @param {Element} panels
 * @param {number} height
 */
function valley(panels, height) {
  return panel(panels, {
    title: "",
    words: "Lines of equal loss around the best params, and the path of the run",
    xLabel: "off the best, steep direction",
    yLabel: "off the best, flat direction",
    height,
  });
}

/**
 * What belongs to the steepest direction, and to the flattest.
 * @template T
 * @param {T[]} each
 * @returns {[T, T]}
 */
function ends(each) {
  return [each[0], each[each.length - 1]];
}

/**
 * Axes that hold the start, with 0 in the middle, and `stretch` between their scales.
 * @param {ReturnType<typeof panel>} place
 * @param {Bowl} bowl
 */
function frameOf(place, { directions, spans, stretch }) {
  const [steep, flat] = ends(directions);
  place.entitle(`Lines of equal mse, condition number ${figure(steep.curvature / flat.curvature)}`);
  const [times, way] = stretch > 1 ? [stretch, "wider"] : [1 / stretch, "higher"];
  place.remark(stretch === 1 ? "Drawn in its true shape." : `Drawn ${figure(times, 2)} times ${way} than it is.`);
  const { width, height } = place.size();
  const high = Math.max(spans[1], (spans[0] * stretch * height) / width);
  const wide = (high * width) / height / stretch;
  return place.axes([-wide, wide], [-high, high]);
}

const ROUND = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);

/**
 * @param {ReturnType<typeof panel>} place
 * @param {number} count how many there are at most
 */
function contours(place, count) {
  const drawn = Array.from({ length: count }, () => ({ ring: line(place.plot, "rest"), label: tag(place.over, "rest") }));

  /** @param {Bowl} bowl @param {Frame} frame */
  return function draw({ levels, floor, directions }, frame) {
    const [steep, flat] = ends(directions);
    let free = 40; // pixels from the middle that are taken
    drawn.forEach(({ ring, label }, i) => {
      const level = levels[i] ?? floor;
      const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - (floor ?? 0))) / curvature));
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

/** @param {number} level */
function round(level) {
  return level >= 1e6 ? figure(level, 1) : level.toLocaleString("en-US");
}

/** @param {ReturnType<typeof panel>} place */
function pathOf(place) {
  const goal = svg("path", { class: "agt-goal" }, place.over);
  const goalTag = tag(place.over, "best");
  const way = line(place.plot, "present");
  const stroke = /** @type {SVGElement} */ (place.plot.lastElementChild).style;
  const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
  const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
  const startTag = tag(place.over, "present");
  const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
  const nowTag = tag(place.over, "present");

  /** @param {Pair[]} points @param {string} words where the last one is @param {Frame} frame */
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
    move(start, first);
    move(dot, last);
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

/** @param {number[][]} spots in pixels; steps that leave the plot count as far as they can be seen */
function lengthOf(spots) {
  return spots.slice(1).reduce((sum, [x, y], i) => sum + Math.min(400, Math.hypot(x - spots[i][0], y - spots[i][1])), 0);
}

/** @param {Element} mark @param {number[]} spot */
function move(mark, [x, y]) {
  mark.setAttribute("cx", Math.max(-9999, Math.min(9999, x)).toFixed(1));
  mark.setAttribute("cy", Math.max(-9999, Math.min(9999, y)).toFixed(1));
}

/**
 * A word above its mark, or below where there is no room.
 * @param {ReturnType<typeof tag>} label
 * @param {number[]} spot
 * @param {Frame} frame
 * @param {string} words
 * @param {number} side 1: rather above
 */
function beside(label, [x, y], frame, words, side) {
  const half = words.length * 3.9;
  const above = side > 0 ? y > 30 : y > frame.height - 30;
  label.put(Math.max(half, Math.min(frame.width - half, x)), above ? y - 13 : y + 24, words);
}

/** @typedef {import("./kit/panel.js").Frame} Frame */
/** @typedef {import("./kit/panel.js").Pair} Pair */
/** @typedef {import("./kit/runs.js").Now} Now */
/** @typedef {{name: string, how: string, arrival: number | null}} Racer */
/**
 * One race: on raw or on standardised times.
 * @typedef {import("./kit/valley.js").Bowl & {steps: number[], racers: Racer[]}} Heat
 *   `steps`: which of its steps are kept
 */

/** @type {import("./kit/host.js").Build} */
function buildOptimizers(panels, spec, arrays, state) {
  /** @type {{heats: Record<string, Heat>}} */
  const { heats } = spec.data;
  panels.classList.add("agt-three");
  const place = valley(panels, 320);
  const losses = panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale, a line for each optimizer", xLabel: "step", height: 320 });
  const bars = directionBars(panels);
  const rings = contours(place, Math.max(...Object.values(heats).map(({ levels }) => levels.length)));
  const path = pathOf(place);
  const count = Math.max(...Object.values(heats).map(({ racers }) => racers.length));
  const field = fieldOf(place, count);
  const curves = curvesOf(losses, count);

  return function paint() {
    const { optimizer, share, time } = state.values;
    const key = `mse ${time}`;
    const heat = heats[key];
    const { steps, racers } = heat;
    const at = stopAt(share, steps.length - 1);
    const chosen = Math.max(0, racers.findIndex(({ name }) => name === optimizer));
    const nows = racers.map((_, lr) => nowOf(arrays, heat, key, steps.length, { loss: "mse", lr, step: at }));
    const now = nows[chosen];
    const frame = frameOf(place, heat);
    rings(heat, frame);
    const trail = Array.from({ length: now.at + 1 }, (_, step) => ends(errorsAt(arrays, key, steps.length, chosen, step)));
    path(trail, racers[chosen].name, frame);
    field(nows.map(({ errors }) => ends(errors)), heat, chosen, now.at > 0, frame);
    curves(nows, heat, chosen);
    bars.draw(now);
    return standing(nows, heat, chosen);
  };
}

/**
 * Which of the kept steps a stop of the slider shows: of a long race one after the other at first, then in strides.
 * @param {number} share @param {number} last
 */
function stopAt(share, last) {
  const even = Math.min(last, 100) / 100;
  return Math.round(even * share + (last - 100 * even) * (share / 100) ** 2);
}

/**
 * The others, from above: a dot each, with its name where there is room.
 * @param {ReturnType<typeof panel>} place
 * @param {number} count
 */
function fieldOf(place, count) {
  const drawn = Array.from({ length: count }, () => ({ dot: svg("circle", { class: "agt-dot", r: 5 }, place.over), label: tag(place.over, "data") }));

  /** @param {Pair[]} spots @param {Heat} heat @param {number} chosen @param {boolean} begun before that all stand at the start @param {Frame} frame */
  return function draw(spots, { racers }, chosen, begun, frame) {
    const seen = spots.map(([x, y]) => /** @type {Pair} */ ([frame.x(x), frame.y(y)]));
    const taken = [seen[chosen], [frame.width / 2, frame.height / 2], [frame.width / 2, frame.height / 2 + 22]];
    drawn.forEach(({ dot, label }, i) => {
      const [x, y] = seen[i] ?? [-1, -1];
      const inside = begun && i !== chosen && i < racers.length && x >= 0 && x <= frame.width && y >= 0 && y <= frame.height;
      dot.toggleAttribute("hidden", !inside);
      label.show(false);
      if (!inside) return;
      dot.setAttribute("cx", x.toFixed(1));
      dot.setAttribute("cy", y.toFixed(1));
      const half = 3.9 * racers[i].name.length;
      const middle = Math.max(half, Math.min(frame.width - half, x));
      const under = [y + 21, y - 12].find((height) => taken.every(([tx, ty]) => Math.abs(tx - middle) > half + 46 || Math.abs(ty - height) > 17));
      if (under === undefined || under < 12 || under > frame.height - 4) return;
      label.show(true);
      label.put(middle, under, racers[i].name);
      taken.push([middle, under]);
    });
  };
}

/**
 * The losses so far.
 * @param {ReturnType<typeof panel>} place
 * @param {number} count
 */
function curvesOf(place, count) {
  const floorLine = line(place.plot, "best");
  const floorTag = tag(place.over, "best", "end");
  const others = Array.from({ length: count }, () => ({ curve: line(place.plot, "data"), name: lineTag(place.over, "data") }));
  const present = { curve: line(place.plot, "present"), name: lineTag(place.over, "present") };
  const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);

  /** @param {Now[]} nows @param {Heat} heat @param {number} chosen */
  return function draw(nows, { floor, racers, steps }, chosen) {
    const least = floor ?? 0;
    const top = Math.max(...nows.flatMap(({ all }) => Array.from(all).filter(Number.isFinite)));
    const frame = place.axes([0, steps[steps.length - 1]], [Math.max(least, top * 1e-9) / 4, top * 3], true);
    const found = nows.map(({ all, at }) => pixels(steps, all, frame, at + 1));
    const low = Math.min(frame.height - 20, frame.y(Math.max(least, 1e-300)));
    floorLine.draw([0, steps[steps.length - 1]], [least, least], frame, least > 0 ? 2 : 0);
    floorTag.put(frame.width, low + 17, `best possible ${figure(least)}`);
    const taken = thinned(found.flat(), 120);
    for (let x = frame.width - 150; x <= frame.width; x += 10) taken.push([x, low + 4], [x, low + 14]); // where "best possible" stands
    const labels = present.name(racers[chosen].name, thinned(found[chosen], 24), taken, frame);
    taken.push(...labels);
    present.curve.draw(steps, nows[chosen].all, frame, nows[chosen].at + 1);
    const [x, y] = found[chosen][found[chosen].length - 1];
    dot.setAttribute("cx", x.toFixed(1));
    dot.setAttribute("cy", Math.max(0, Math.min(frame.height, y)).toFixed(1));
    others.forEach(({ curve, name }, i) => {
      const shown = i !== chosen && i < racers.length;
      curve.draw(steps, nows[i]?.all ?? [], frame, shown ? nows[i].at + 1 : 0);
      const half = 3.8 * (racers[i]?.name.length ?? 0);
      let put = name(racers[i]?.name ?? "", shown ? thinned(found[i], 24) : [], taken, frame);
      const middle = put[2];
      if (middle && labels.some(([lx, ly]) => Math.abs(lx - middle[0]) < half + 8 && Math.abs(ly - middle[1]) < 15)) put = name("", [], taken, frame); // no room: no name
      labels.push(...put);
      taken.push(...put);
    });
    place.remark(racers[chosen].how);
  };
}

/**
 * About `count` of the points, the last one among them.
 * @param {Pair[]} points
 * @param {number} count
 */
function thinned(points, count) {
  const every = Math.max(1, Math.ceil(points.length / count));
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/**
 * How the race stands, from where the chosen one runs.
 * @param {Now[]} nows
 * @param {Heat} heat
 * @param {number} chosen
 * @returns {import("./kit/host.js").Finding}
 */
function standing(nows, { floor, racers, steps }, chosen) {
  const { all, at, count, exploded, step } = nows[chosen];
  const [now, { name, arrival }] = [steps[step], racers[chosen]];
  const loss = figure(all[at]);
  const goal = `the best possible is ${figure(floor ?? 0)}`;
  const value = `after ${words(now)}, ${name} has a loss of ${loss}`;
  if (exploded) return { verdict: `${figure(steps[count])} steps, and out.`, words: `The run of ${name} ${ended(all[count])}.`, value };
  if (!now) return { verdict: "At the start.", words: `The mse is ${loss}; ${goal}.`, value };
  const there = racers.filter((each) => each.arrival !== null && each.arrival <= now).sort((one, other) => (one.arrival ?? 0) - (other.arrival ?? 0));
  const [first, ...rest] = there.map((each) => [each.name, (each.arrival ?? 0).toLocaleString("en-US")]);
  const board = first ? ` Within 1%: ${[`${first[0]} since step ${first[1]}`, ...rest.map(([who, since]) => `${who} ${since}`)].join(", ")}.` : "";
  const verdict = arrival !== null && arrival <= now ? "Arrived." : arrival === null && step === steps.length - 1 ? "Not there." : "On the way.";
  return { verdict, words: `After ${words(now)} ${name} has an mse of ${loss}; ${goal}.${board}`, value };
}

/** @param {number} steps */
function words(steps) {
  return steps === 1 ? "1 step" : `${steps.toLocaleString("en-US")} steps`;
}

wake("optimizers", buildOptimizers);
void widget(buildOptimizers);
})();