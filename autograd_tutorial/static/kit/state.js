import { scale } from "./scales.js";

/**
 * A slider as Python describes it: numbers from one of its `ends` to the other, `step` apart; where `log`, their powers
 * of ten are. With a `pace`, playing takes that many seconds a stop.
 * @typedef {{name: string, label: string, value: number, ends: [number, number], step: number,
 *   log: boolean, play: boolean, pace: number | null, options?: undefined}} Slider
 */
/** @typedef {{name: string, label: string, value: string, options: string[]}} Choice */
/** @typedef {Slider | Choice} Control */
/** @typedef {Record<string, number | string>} Values by name */
/** @typedef {{of: (value: number) => number, back: (read: number) => number}} Read the numbers that those of a slider stand for */
/** @typedef {{xs: number[], ys: ArrayLike<number>, losses: ArrayLike<number>, path: [number, number][]}} Run its curve, losses, and path */
/** @typedef {Run & {words: string, values: Values}} Kept a run that is kept to hold others against: its name, and with what it was made */

/** @typedef {{key: string, data?: unknown, error?: string}} Answer of the kernel: to what, as JSON; what it trained, or why it did not */

/**
 * The value of a slider at one of its stops.
 * @param {Slider} slider
 * @param {number} stop
 * @returns {number}
 */
export function valueAt({ ends, step, log }, stop) {
  return log ? 10 ** (Math.log10(ends[0]) + stop * step) : Number((ends[0] + stop * step).toFixed(9));
}

/**
 * The stop that is nearest to a value.
 * @param {Slider} slider
 * @param {number} value
 * @returns {number}
 */
export function stopOf(slider, value) {
  const last = lastStop(slider);
  return Math.max(0, Math.min(last, Math.round(scale(slider.ends, [0, last], slider.log)(value))));
}

/** @param {Slider} slider */
export function lastStop({ ends, step, log }) {
  const [low, high] = log ? ends.map(Math.log10) : ends;
  return Math.round((high - low) / step);
}

/**
 * What the reader has set, by name: the number where a slider stands, the text of a choice, and what hands have moved
 * in the picture itself, as text: "" where nothing is. Listeners hear of changes at most once a frame.
 */
export class State {
  /** @param {Control[]} controls */
  constructor(controls) {
    this.controls = controls;
    /** @type {Values} */
    this.values = {};
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    /** @type {Set<(name: string, value: number | string) => void>} */
    this.writers = new Set();
    /** @type {Set<string>} sliders that may stand between their stops */
    this.free = new Set();
    /** @type {Map<string, {valid: (text: string) => boolean, within: string}>} what hands move, whether a text says a place for it, and the control by which such places go */
    this.moved = new Map();
    /** @type {Values[]} what leads back, step by step */
    this.past = [];
    /** @type {Values | null} the next of them, should anything move */
    this.marked = null;
    /** @type {Map<string, Read>} sliders that are read as other numbers than theirs */
    this.reads = new Map();
    this.restart = () => {}; // what Reset leads back beside what stands here
    /** @type {Run | null} what can be kept now */
    this.snapshot = null;
    /** @type {Kept[]} the newest last */
    this.kept = [];
    this.kernel = false; // whether PyTorch can be asked
    /** @type {object | null} what it should train for what is shown */
    this.wanted = null;
    /** @type {Answer | null} the last it gave */
    this.answer = null;
    this.note = ""; // what there is to say of the last act, until the next
    this.frame = 0;
    for (const { name, value } of controls) this.values[name] = this.nearest(name, value);
  }

  /** @param {string} name */
  control(name) {
    return this.controls.find((each) => each.name === name);
  }

  /**
   * @param {string} name
   * @param {number | string} value
   * @returns {number | string} the same, or for a slider the nearest at which it can stand
   */
  nearest(name, value) {
    const control = this.control(name);
    if (!control || control.options) return value;
    const [stop, [low, high]] = [valueAt(control, stopOf(control, Number(value))), control.ends];
    const apart = Math.abs(Number(value) - stop) > 1e-6 * (Math.abs(stop) || control.step);
    return apart && this.free.has(name) ? Math.max(low, Math.min(high, Number(value))) : stop;
  }

  /** @param {string} name @returns {boolean} whether a slider stands between its stops */
  between(name) {
    const control = this.control(name);
    return !!control && !control.options && valueAt(control, this.stop(name)) !== this.values[name];
  }

  /**
   * Let hands move something in the picture.
   * @param {string} name
   * @param {(text: string) => boolean} valid whether a text says a place for it
   * @param {string} [within] the control by which such places go: at another of its values they are others
   */
  hold(name, valid, within = "") {
    this.moved.set(name, { valid, within });
    this.values[name] = "";
  }

  /** Remember how all is, before hands move something. */
  mark() {
    this.marked = { ...this.values };
  }

  /** Put what hands moved last back to where it was. */
  undo() {
    const was = this.past.pop() ?? this.values;
    this.marked = null;
    for (const [name, { within }] of this.moved) {
      if (was[name] && was[name] !== this.values[name] && within) this.set(within, was[within]);
      this.set(name, was[name]);
    }
  }

  /** Put all that hands have moved back where it was given. */
  putBack() {
    for (const name of this.moved.keys()) this.set(name, "");
  }

  /** What differs from the beginning, by name. */
  changes() {
    const given = [...this.controls.map(({ name, value }) => /** @type {const} */ ([name, this.nearest(name, value)]))];
    const first = [...given, ...[...this.moved.keys()].map((name) => /** @type {const} */ ([name, ""]))];
    return first.filter(([name, value]) => this.values[name] !== value).map(([name]) => name);
  }

  /** @param {string} name @returns {number} at which of its stops a slider stands, counted from 0 */
  stop(name) {
    const control = this.control(name);
    return !control || control.options ? NaN : stopOf(control, Number(this.values[name]));
  }

  /**
   * @param {string} name
   * @param {number | string} wanted
   * @param {unknown} [from] the writer that knows already
   */
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

  /** Draw soon. */
  ask() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.tell());
  }

  /** @param {string} note in a line, until the next act */
  say(note) {
    this.note = note;
    this.ask();
  }

  /** Keep what is shown, beside the one that was kept last. */
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
