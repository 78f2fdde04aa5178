import { html, write } from "./dom.js";
import { decimal, figure, plural, scientific } from "./numbers.js";
import { scale, ticks } from "./scales.js";
import { lastStop, valueAt } from "./state.js";

/** @typedef {import("./state.js").Choice} Choice */
/** @typedef {import("./state.js").Slider} Slider */
/** @typedef {import("./state.js").State} State */

/**
 * Where a slider stands, in figures of equal width.
 * @param {Slider} control
 * @param {State} state
 * @param {boolean} [aloud] without an exponent, which a screen reader spells
 * @returns {string}
 */
export function reading(control, state, aloud = false) {
  const value = Number(state.values[control.name]);
  const read = state.reads.get(control.name);
  if (read) return aloud ? plural(read.of(value), "step") : String(read.of(value));
  const between = state.between(control.name); // then with the digits that were typed
  if (control.log) return aloud ? decimal(value) : between ? Number(value.toPrecision(6)).toExponential().replace("e+0", "") : scientific(value);
  return Number.isInteger(control.step) || between ? String(Number(value.toPrecision(6))) : value.toFixed(2);
}

/**
 * A track with ticks, a fill, and a hatched part past an edge; over it a native slider where `input`.
 * @param {Element} parent
 * @param {Slider} control
 * @param {State} state
 * @param {boolean} input
 * @returns {{update: (words: string, edge?: number | null) => void, stop: () => void}}
 */
export function slider(parent, control, state, input) {
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

  /** @param {string} words @param {number | null} [edge] */
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

/**
 * @param {Element} rail
 * @param {Slider} control
 */
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

/**
 * @param {HTMLElement} hatch
 * @param {HTMLElement} note
 * @param {Slider} control
 * @param {number | null} [edge]
 */
function showEdge(hatch, note, { ends, log }, edge) {
  const at = edge ? Math.max(0, scale(ends, [0, 1], log)(edge)) : 1;
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
 * @param {Slider} control
 * @param {State} state
 */
function nativeRange(box, name, control, state) {
  const range = /** @type {HTMLInputElement} */ (html("input", { type: "range", min: 0, max: lastStop(control), step: 1 }, box));
  range.id = unique();
  name.setAttribute("for", range.id);
  range.value = String(state.stop(control.name));
  range.addEventListener("input", () => state.set(control.name, valueAt(control, Number(range.value))));
  return range;
}

/**
 * A choice among a few words: native radio buttons that look like one bar.
 * @param {Element} parent
 * @param {Choice} control
 * @param {State} state
 * @returns {{update: () => void}}
 */
export function choice(parent, control, state) {
  const group = html("fieldset", { class: "agt-choice" }, parent);
  html("legend", { text: control.label }, group);
  const shared = unique();
  const bar = html("div", { class: "agt-options" }, group);
  const radios = control.options.map((option) => {
    const label = html("label", {}, bar);
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
 * The value of a slider, to be read and to be typed.
 * @param {Element} row
 * @param {Slider} control
 * @param {State} state
 */
function typedValue(row, control, state) {
  const field = /** @type {HTMLInputElement} */ (html("input", { class: "agt-value", type: "text", inputmode: "decimal", autocomplete: "off" }, row));
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
    typing = false; // also where nothing has changed in the end
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

/** @type {import("./state.js").Read} */
const PLAIN = { of: Number, back: Number };

/**
 * Put a slider where it is asked to be, or say what is nearest.
 * @param {Slider} control
 * @param {State} state
 * @param {number} asked
 * @param {unknown} from the writer that knows already
 * @param {import("./state.js").Read} [read] what its numbers stand for
 * @returns {boolean} whether it stands there
 */
export function choose(control, state, asked, from, { of, back } = PLAIN) {
  state.set(control.name, back(asked), from);
  const there = Math.abs(of(Number(state.values[control.name])) - asked) <= 1e-6 * (control.log ? Math.abs(asked) : control.step);
  const why = Number.isInteger(control.step) && asked % 1 ? `${control.label} takes whole numbers` : `Of ${control.label} only the stops are known here`;
  if (!there) state.say(`${why}: ${reading(control, state)} is the nearest.`);
  return there;
}

/**
 * A button that runs a slider to its end, and pauses it; and one for a step back and one for a step on.
 * @param {Element} parent
 * @param {Slider} control
 * @param {State} state
 * @returns {{stop: () => void}}
 */
export function player(parent, control, state) {
  const box = html("div", { class: "agt-player" }, parent);
  const [back, button, on] = ["❙◀", "", "▶❙"].map((text) => html("button", { type: "button", class: "agt-button", text }, box));
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
  /** @param {number} stop */
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
  for (const [each, by, words] of /** @type {const} */ ([[back, -1, "back"], [on, 1, "on"]])) {
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

/** @returns {string} an id that no other element on the page has */
function unique() {
  count += 1;
  return `agt-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${count}`;
}
