import { choice, player, reading, slider } from "./controls.js";
import { html, write } from "./dom.js";
import { fromBase64, unpack } from "./packing.js";
import { State } from "./state.js";
import { followTheme } from "./theme.js";

/** @typedef {import("./state.js").Control} Control */
/**
 * What Python hands to a picture, with what this kind of picture needs as `data`.
 * @template Data
 * @typedef {{title: string, controls: Control[], data: Data}} Spec in `data` the place of each array, until it is unpacked
 */
/**
 * What a picture draws at each change.
 * @typedef {{verdict: string, words: string, value: string, edge?: number | null}} Finding
 *   `verdict` and `words` say it in a sentence, `value` in a few words for the slider's value
 */
/**
 * A picture: builds its panels once, and returns what draws them for the present state. `Values`: what its state holds.
 * @template Data, Values
 * @typedef {(panels: HTMLElement, data: Data, state: State & {values: Values}) => () => Finding} Build
 */
/**
 * A model of the kernel in the browser, by its traits.
 * @template Traits
 * @typedef {{
 *   get: <Name extends keyof Traits>(name: Name) => Traits[Name],
 *   set: <Name extends keyof Traits>(name: Name, value: Traits[Name]) => void,
 *   save_changes: () => void,
 *   on: (event: string, hear: () => void) => void,
 *   off: (event: string, hear: () => void) => void,
 * }} Model
 */
/** @typedef {Model<{value: number, index: number}> & {comm_live?: boolean, views?: Record<string, Promise<{el: HTMLElement}>>}} Widget a control of the kernel */
/**
 * The picture's own.
 * @template Data
 * @typedef {Model<{spec: Spec<Data>, packed: DataView, controls: string[]}> & {widget_manager: {get_model: (id: string) => Promise<Widget>}}} Chart
 */

/**
 * A picture as a front-end module: over controls of a kernel that the model names.
 * @template Data, Values
 * @param {Build<Data, Values>} build
 */
export function widget(build) {
  return {
    /** @param {{model: Chart<Data>, el: HTMLElement}} view */
    async render({ model, el }) {
      const packed = model.get("packed");
      const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength).slice();
      const names = model.get("controls");
      const models = await Promise.all(names.map((id) => model.widget_manager.get_model(id.slice(10))));
      return draw(el, model.get("spec"), () => bytes, build, models);
    },
  };
}

/**
 * Wake every saved picture of this kind that has its data and still sleeps.
 * @template Data, Values
 * @param {string} kind
 * @param {Build<Data, Values>} build
 */
export function wake(kind, build) {
  for (const root of document.querySelectorAll(`.agt-saved[data-picture="${kind}"]:not([data-awake]):has(> script[type])`)) {
    root.setAttribute("data-awake", "");
    /** @type {Spec<Data> & {packed: string}} */
    const spec = JSON.parse(root.querySelector("script[type='application/json']")?.textContent ?? "{}");
    const el = html("div");
    root.prepend(el);
    for (const still of root.querySelectorAll(":scope > img, :scope > p")) still.remove();
    draw(el, spec, () => fromBase64(spec.packed), build, null);
  }
}

/**
 * Draw a picture into `el`; the controls are `models` of a kernel, or native ones where there are none.
 * @template Data, Values
 * @param {HTMLElement} el
 * @param {Spec<Data>} spec
 * @param {() => Uint8Array<ArrayBuffer>} packed
 * @param {Build<Data, Values>} build
 * @param {Widget[] | null} models
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

/**
 * The controls above a picture; in a kernel only what its own controls do not show.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {boolean} input whether they are to be moved here
 */
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
    /** @param {Finding} finding */
    update({ value, edge }) {
      for (const { each, update } of sliders) update(`${reading(each, state, true)}, ${value}`, each.log ? edge : null);
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
 * @param {Widget} model
 */
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

/**
 * Give a slider of the kernel the name and the value in words that a screen reader needs: a log slider says its exponent.
 * @param {Widget} model
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
    handle?.setAttribute("aria-valuetext", `${reading(control, state, true)}, ${value}`);
  }
}

/**
 * Say so when the kernel has ended, or begun anew: the picture goes on with what it has.
 * @param {HTMLElement} root
 * @param {Widget[]} models
 */
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
