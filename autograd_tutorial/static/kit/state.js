import { scale } from "./scales.js";

/**
 * A slider as Python describes it: numbers from one of its `ends` to the other, `step` apart; where `log`, their powers
 * of ten are. With a `pace`, playing takes that many seconds a stop.
 * @typedef {{name: string, label: string, value: number, ends: [number, number], step: number,
 *   log: boolean, play: boolean, pace: number | null, options?: undefined}} Slider
 */
/** @typedef {{name: string, label: string, value: string, options: string[]}} Choice */
/** @typedef {Slider | Choice} Control */

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
 * What the reader has set, by name: the number where a slider stands, the text of a choice.
 * Listeners hear of changes at most once a frame.
 */
export class State {
  /** @param {Control[]} controls */
  constructor(controls) {
    this.controls = controls;
    /** @type {Record<string, number | string>} */
    this.values = {};
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    /** @type {Set<(name: string, value: number | string) => void>} */
    this.writers = new Set();
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
    return !control || control.options ? value : valueAt(control, stopOf(control, Number(value)));
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
