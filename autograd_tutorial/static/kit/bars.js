import { html, write } from "./dom.js";
import { figure } from "./numbers.js";
import { shares } from "./runs.js";

/** @typedef {import("./runs.js").Runs} Runs */

// Beside an error that explodes, a float32 has no digits left for one this much smaller.
const ROUNDING = 4e-6;

/**
 * A bar for each direction: how much of its error is left.
 * @param {Element} panels
 */
export function directionBars(panels) {
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
      rows[k].fill.style.width = `${lost ? 100 : percent < 0.05 ? 0 : percent}%`;
      rows[k].fill.classList.toggle("agt-over", over && !lost);
      rows[k].fill.classList.toggle("agt-unknown", lost);
    });
  }
  return { box, draw };
}
