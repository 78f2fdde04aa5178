/** @typedef {import("./state.js").State} State */

const NUMBER = /^-?\d{1,20}(\.\d{1,20})?(e[-+]?\d{1,3})?$/i;

/**
 * Take what the address of the page asks of a picture: all of it, or nothing where one part is not to be had.
 * @param {Element} root with the id that its part of the address has
 * @param {State} state
 * @returns {string} what is wrong with it, in a line
 */
export function followLink(root, state) {
  const asked = [...new URLSearchParams(location.search)].filter(([key]) => key.includes("."));
  const own = asked.filter(([key]) => key.startsWith(`${root.id}.`)).map(([key, text]) => /** @type {const} */ ([key.slice(root.id.length + 1), text]));
  const lost = root === document.querySelector(".agt-saved") && asked.some(([key]) => !document.getElementById(key.split(".")[0]));
  if (take(state, own)) return lost ? "The link is to a picture that is not on this page." : "";
  return "The link asks for what this picture does not have: it stands as it begins.";
}

/**
 * @param {State} state
 * @param {(readonly [string, string | number])[]} asked
 * @returns {boolean} whether all of it is to be had, and so is taken
 */
export function take(state, asked) {
  if (!asked.every(([name, text]) => allows(state, name, String(text)))) return false;
  const place = (/** @type {string} */ name) => state.controls.findIndex((each) => each.name === name) >>> 0; // what hands move comes last
  for (const [name, text] of [...asked].sort(([one], [other]) => place(one) - place(other))) state.set(name, typeof state.values[name] === "number" ? Number(text) : String(text));
  return true;
}

/**
 * @param {State} state
 * @param {string} name
 * @param {string} text
 */
function allows(state, name, text) {
  const control = state.control(name);
  if (!control) return text.length < 2000 && (state.moved.get(name)?.valid(text) ?? false);
  if (control.options) return control.options.includes(text);
  const [low, high] = control.ends;
  const value = Number(text);
  return NUMBER.test(text) && value >= low && value <= high && Math.abs(value - Number(state.nearest(name, value))) <= 1e-6 * Math.abs(value);
}

/**
 * The address of the page with the picture as it is now.
 * @param {Element} root
 * @param {State} state
 */
export function addressOf(root, state) {
  const address = new URL(location.href);
  for (const key of [...address.searchParams.keys()]) if (key.startsWith(`${root.id}.`)) address.searchParams.delete(key);
  for (const name of state.changes()) address.searchParams.set(`${root.id}.${name}`, String(short(state.values[name])));
  return address;
}

/**
 * A line of Python that gives the picture as it is now.
 * @param {string} call what made it
 * @param {State} state
 */
export function codeOf(call, { controls, moved, values }) {
  const names = [...controls.map(({ name }) => name), ...[...moved.keys()].filter((name) => values[name])];
  return `${call}.at(${names.map((name) => `${name}=${JSON.stringify(short(values[name]))}`).join(", ")})`;
}

/** @param {number | string} value */
function short(value) {
  return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}
