/**
 * A slider as Python describes it, by `min`, `max` and `step`: exponents of ten where `log`. With a `pace`, playing
 * takes that many seconds a stop.
 * @typedef {{name: string, label: string, value: number, min: number, max: number, step: number,
 *   log?: boolean, play?: boolean, pace?: number, options?: undefined}} Slider
 */
/** @typedef {{name: string, label: string, value: string, options: string[]}} Choice */
/** @typedef {Slider | Choice} Control */

/**
 * The value of a slider at one of its stops.
 * @param {Slider} control
 * @param {number} stop
 * @returns {number}
 */
export function valueAt(control, stop) {
  const at = control.min + stop * control.step;
  return control.log ? 10 ** at : Number(at.toFixed(9));
}

/**
 * The stop that is nearest to a value.
 * @param {Slider} control
 * @param {number} value
 * @returns {number}
 */
export function stopOf(control, value) {
  const at = control.log ? Math.log10(value) : value;
  const stop = Math.round((at - control.min) / control.step);
  return Math.max(0, Math.min(lastStop(control), stop));
}

/** @param {Slider} control */
export function lastStop(control) {
  return Math.round((control.max - control.min) / control.step);
}

/**
 * What the reader has set, by name: a stop for a slider, a text for a choice.
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
    for (const control of controls) this.values[control.name] = this.first(control);
  }

  /** @param {Control} control */
  first(control) {
    return control.options ? control.value : stopOf(control, control.value);
  }

  /** @param {string} name @returns {number} where a slider stands, counted from 0 */
  stop(name) {
    return Number(this.values[name]);
  }

  /** @param {string} name @returns {number} the value, not the stop, of a slider */
  number(name) {
    const control = this.controls.find((each) => each.name === name);
    return control && !control.options ? valueAt(control, this.stop(name)) : NaN;
  }

  /**
   * @param {string} name
   * @param {number | string} value
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
