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
  if (own.every(([name, text]) => allows(state, name, text))) {
    for (const [name, text] of own) state.set(name, state.control(name) && !state.control(name)?.options ? Number(text) : text);
    return lost ? "The link is to a picture that is not on this page." : "";
  }
  return "The link asks for what this picture does not have: it stands as it begins.";
}

/**
 * @param {State} state
 * @param {string} name
 * @param {string} text
 */
function allows(state, name, text) {
  const control = state.control(name);
  if (!control) return text.length < 2000 && (state.moved.get(name)?.(text) ?? false);
  if (control.options) return control.options.includes(text);
  const [low, high] = control.ends;
  return NUMBER.test(text) && Number(text) >= low && Number(text) <= high;
}

/**
 * The address of the page with the picture as it is now.
 * @param {Element} root
 * @param {State} state
 */
export function addressOf(root, state) {
  const address = new URL(location.href);
  for (const key of [...address.searchParams.keys()]) if (key.startsWith(`${root.id}.`)) address.searchParams.delete(key);
  for (const name of state.changes()) {
    const value = state.values[name];
    address.searchParams.set(`${root.id}.${name}`, typeof value === "number" ? String(Number(value.toPrecision(12))) : value);
  }
  return address;
}
