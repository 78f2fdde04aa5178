import { choice, choose, player, reading, slider } from "./controls.js";
import { disable, html, write } from "./dom.js";
import { addressOf, codeOf, followLink, take } from "./link.js";
import { fromBase64, unpack, unspread } from "./packing.js";
import { State } from "./state.js";
import { followTheme } from "./theme.js";

/** @typedef {import("./state.js").Control} Control */
/**
 * What Python hands to a picture, with what this kind of picture needs as `data`.
 * @template Data
 * @typedef {{title: string, controls: Control[], data: Data, call?: string, at?: import("./state.js").Values}} Spec in `data` the place of each array, until it is unpacked;
 *   `call`: what made it, in a kernel; `at`: as it is to stand
 */
/**
 * What a picture draws at each change.
 * @typedef {{verdict: string, words: string, value: string, edge?: number | null, own?: string, kept?: string, trouble?: string}} Finding
 *   `verdict` and `words` say it in a sentence, `value` in a few words for the slider's value; `own`: who trained it, where it was not computed ahead;
 *   `kept`: which runs it is held against; `trouble`: what is wrong
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
 * @typedef {Model<{spec: Spec<Data>, packed: DataView, controls: string[]}> & {widget_manager: {get_model: (id: string) => Promise<Widget>}} & Asked} Chart
 */
/** @typedef {(answer: import("./state.js").Answer, buffers: DataView[]) => void} Hear */
/** @typedef {{send: (asked: {key: string}) => void, on: (event: "msg:custom", hear: Hear) => void, off: (event: "msg:custom", hear: Hear) => void}} Asked a kernel that trains */

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
      return draw(el, model.get("spec"), () => bytes, build, models, model);
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
    draw(el, spec, () => fromBase64(spec.packed), build, null, null);
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
 * @param {Asked | null} chart
 * @returns {Promise<() => void>} what undoes it
 */
async function draw(el, spec, packed, build, models, chart) {
  const root = html("div", { class: "agt", role: "group", "aria-label": spec.title, "data-lm-suppress-shortcuts": "true" }, el);
  root.addEventListener("keydown", (event) => event.stopPropagation());
  const state = new State(spec.controls);
  const undo = [followTheme(root), () => state.close(), () => root.remove()];
  const trouble = html("p", { class: "agt-error", role: "alert" }, root);
  const guard = (/** @type {() => string | undefined} */ act) => {
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
    const paint = build(panels, data, /** @type {State & {values: Values}} */ (state));
    if (models) undo.push(...spec.controls.map((control, i) => followModel(state, control, models[i])));
    if (!take(state, Object.entries(spec.at ?? {}))) state.note = "The code asks for what this picture does not have.";
    const foot = tools(root, state, bar.stop, models ? null : el.parentElement, spec.call);
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
  row.hidden = !row.childElementCount;
  const stop = () => players.forEach((each) => each.stop());
  return {
    /** @param {Finding} finding */
    update({ value, edge }) {
      for (const { each, update } of sliders) update(`${reading(each, state, true)}, ${value}`, each.log ? edge : null);
      for (const each of choices) each.update();
    },
    stop,
  };
}

/**
 * What there is to do with a picture beside its controls, in a row below it, and a line of what was done.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {() => void} stop what plays
 * @param {Element | null} page what holds the picture on a page of its own
 * @param {string} [call] what made it, in a kernel
 */
function tools(root, state, stop, page, call) {
  const row = html("div", { class: "agt-row agt-tools" }, root);
  /** @param {string} text @param {() => void} act */
  function button(text, act) {
    const made = /** @type {HTMLButtonElement} */ (html("button", { type: "button", class: "agt-button", text }, row));
    made.addEventListener("click", act);
    return made;
  }
  button("Reset", () => (stop(), state.reset()));
  const back = state.moved.size ? button("Undo", () => state.undo()) : null;
  const put = state.moved.size ? button("Put it back", () => (state.mark(), state.putBack())) : null;
  const keep = button("Keep this run", () => state.keep());
  const linked = page?.id ? page : null;
  const copy = async (/** @type {string} */ text, /** @type {string} */ what, /** @type {string} */ otherwise) => {
    const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    state.say(copied ? `Copied: ${what}.` : otherwise);
  };
  if (linked) {
    button("Copy link", () => {
      const address = addressOf(linked, state);
      address.hash = linked.id;
      copy(address.href, "a link to this picture as it is now", "The address of this page leads to this picture as it is now.");
    });
    state.note = followLink(linked, state);
  }
  if (call) button("Copy as code", () => copy(codeOf(call, state), "a line of Python that gives this picture as it is now", codeOf(call, state)));
  const note = html("p", { class: "agt-said", role: "status" }, root);
  root.addEventListener("click", ({ target }) => target instanceof Element && target.closest("button") && state.say(""), true); // what is said is of the last act
  const remember = () => linked && rewrite(addressOf(linked, state));
  addEventListener("popstate", remember); // back from a place on this page
  let pause = 0;
  return {
    /** @param {Finding} finding */
    update({ own, kept }) {
      keep.hidden = !state.snapshot;
      if (back) disable(back, !state.past.length);
      if (put) disable(put, [...state.moved.keys()].every((name) => !state.values[name]));
      write(note, state.note || own || kept || "");
      clearTimeout(pause);
      pause = window.setTimeout(remember, 300);
    },
    stop: () => (clearTimeout(pause), removeEventListener("popstate", remember)),
  };
}

/** Let the address of the page say how it is, for a reload. @param {URL} address */
function rewrite(address) {
  if (address.href !== location.href) history.replaceState(history.state, "", address);
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
 * Let PyTorch train what a hand has changed: one request at a time, and the next is for what is shown then.
 * @param {State} state
 * @param {Asked} chart
 */
function askKernel(state, chart) {
  let flying = false;
  const hear = (/** @type {import("./state.js").Answer} */ answer, /** @type {DataView[]} */ buffers) => {
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
    if (control.options) return state.set(control.name, control.options[value], write);
    if (!choose(control, state, value, write)) write(control.name, state.values[control.name]);
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
