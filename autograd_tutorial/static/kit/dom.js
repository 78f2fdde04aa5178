const SVG = "http://www.w3.org/2000/svg";

/**
 * A new HTML element with attributes, inside `parent` where one is given.
 * @param {string} name
 * @param {Record<string, string | number>} [attributes] `text` becomes the content
 * @param {Element} [parent]
 * @returns {HTMLElement}
 */
export function html(name, attributes = {}, parent) {
  return /** @type {HTMLElement} */ (dress(document.createElement(name), attributes, parent));
}

/**
 * A new SVG element, as `html` makes one.
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {Element} [parent]
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, parent) {
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
 * Keep room for the words above a picture, so that nothing below moves when they change.
 * @param {HTMLElement} panels
 * @param {number} wide how many lines they have at most @param {number} narrow on a phone @param {number} least on the smallest
 */
export function keepLines(panels, wide, narrow, least) {
  for (const [name, count] of Object.entries({ wide, narrow, least })) panels.parentElement?.style.setProperty(`--${name}`, `${1.5 * count}em`);
}

/**
 * Disable a button, or enable it; the focus that it has goes to what is in the picture.
 * @param {Element} button
 * @param {boolean} off
 */
export function disable(button, off) {
  const inside = off && button.matches(":focus") ? button.closest(".agt")?.querySelector(".agt-panels [tabindex='0']") : null;
  /** @type {HTMLElement | null | undefined} */ (inside)?.focus({ preventScroll: true });
  button.toggleAttribute("disabled", off);
}

/**
 * Set the text of an element, where it is another one.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
