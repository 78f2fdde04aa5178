import { html, svg, write } from "./dom.js";
import { scale, ticks } from "./scales.js";

/** @typedef {[number, number]} Pair */
/** @typedef {(value: number) => number} Scale */
/** @typedef {{x: Scale, y: Scale, width: number, height: number}} Frame */
/** @typedef {ReturnType<typeof panel>} Panel */
/** @typedef {ReturnType<typeof line>} Line */
/** @typedef {ReturnType<typeof tag>} Tag */

const EDGES = { left: 56, right: 12, top: 10, bottom: 38 };

/**
 * One plot: a title, axes that are drawn again when its size or its data change, room for marks.
 * @param {Element} parent
 * @param {{title: string, words: string, xLabel: string, yLabel?: string, height?: number}} options
 *   `words` names the plot for a screen reader
 */
export function panel(parent, { title, words, xLabel, yLabel = "", height = 240 }) {
  const box = html("div", { class: "agt-panel" }, parent);
  const head = html("div", { class: "agt-title" }, box);
  const name = html("strong", { text: title }, head);
  const note = html("span", { class: "agt-note" }, head);
  const drawing = svg("svg", { height, role: "group", "aria-label": words }, box);
  const grid = svg("g", { "aria-hidden": "true" }, drawing);
  const plot = svg("svg", { overflow: "hidden", x: EDGES.left, y: EDGES.top }, drawing);
  const over = svg("g", { transform: `translate(${EDGES.left} ${EDGES.top})` }, drawing);
  let outer = 0;
  let key = "";
  new ResizeObserver(([entry]) => (outer = entry.contentRect.width)).observe(box);
  /** @type {Frame} */
  let frame = { x: Number, y: Number, width: 0, height: 0 };

  /** How many pixels the plot has. */
  function size() {
    outer ||= box.clientWidth || 300; // asked once: to ask at each frame would lay the page out twice
    return { width: Math.max(60, outer - EDGES.left - EDGES.right), height: height - EDGES.top - EDGES.bottom };
  }

  /**
   * The scales for these domains, with the axes drawn to match.
   * @param {Pair} xs @param {Pair} ys @param {boolean} [log] of the y axis
   * @returns {Frame}
   */
  function axes(xs, ys, log = false) {
    const shape = size();
    const wanted = [outer, ...xs, ...ys, log].join();
    if (wanted === key) return frame;
    key = wanted;
    frame = { x: scale(xs, [0, shape.width]), y: scale(ys, [shape.height, 0], log), ...shape };
    plot.setAttribute("width", String(shape.width));
    plot.setAttribute("height", String(shape.height));
    grid.replaceChildren();
    for (const tick of ticks(ys, log ? 6 : 5, log)) {
      const y = EDGES.top + frame.y(tick);
      svg("line", { class: "agt-grid", x1: EDGES.left, x2: outer - EDGES.right, y1: y, y2: y }, grid);
      svg("text", { class: "agt-axis", x: EDGES.left - 7, y: y + 4, "text-anchor": "end", text: tickText(tick) }, grid);
    }
    for (const tick of ticks(xs, shape.width < 220 ? 2 : 4)) {
      const place = { x: EDGES.left + frame.x(tick), y: height - EDGES.bottom + 18, "text-anchor": "middle" };
      svg("text", { class: "agt-axis", ...place, text: tickText(tick) }, grid);
    }
    svg("text", { class: "agt-axis", x: EDGES.left + shape.width / 2, y: height - 4, "text-anchor": "middle", text: xLabel }, grid);
    if (yLabel) svg("text", { class: "agt-axis", x: 2, y: 9, text: yLabel }, grid);
    return frame;
  }
  return {
    box, drawing, plot, over, axes, size,
    /** How wide the drawing is, axes and all. */
    whole: () => size().width + EDGES.left + EDGES.right,
    /** @param {string} text */ entitle: (text) => write(name, text),
    /** @param {string} text */ remark: (text) => write(note, text),
  };
}

/** @param {number} value */
function tickText(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(0).replace("e+", "e");
  return Number(value.toPrecision(6)).toLocaleString("en-US");
}

/**
 * A line in a plot; `draw` moves it.
 * @param {Element} plot
 * @param {string} kind present, best, data, or rest
 */
export function line(plot, kind) {
  const path = svg("path", { class: `agt-line agt-${kind}` }, plot);
  let shown = "";
  return {
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Frame} frame @param {number} [count] */
    draw(xs, ys, frame, count = xs.length) {
      let d = "";
      for (let i = 0; i < count; i++) {
        const [x, y] = [frame.x(xs[i]), frame.y(ys[i])].map(near);
        d += `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      }
      if (d !== shown) path.setAttribute("d", (shown = d));
    },
  };
}

/** @param {number} at in pixels @returns {number} not so far off that it cannot be drawn */
function near(at) {
  return Math.max(-9999, Math.min(9999, at));
}

/** @param {Element} circle @param {number} x in pixels @param {number} y */
export function centre(circle, x, y) {
  circle.setAttribute("cx", near(x).toFixed(1));
  circle.setAttribute("cy", near(y).toFixed(1));
}

/** @param {Element} text @param {number} x in pixels @param {number} y */
export function stand(text, x, y) {
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
}

/**
 * A figure or a word of a table, which ends where it stands.
 * @param {Element} parent
 * @param {string} text
 */
export function cell(parent, text) {
  return svg("text", { class: "agt-axis", "text-anchor": "end", text }, parent);
}

/**
 * A word beside what it names.
 * @param {Element} parent
 * @param {string} kind whose colour it has
 * @param {string} [anchor] which end stands at x
 */
export function tag(parent, kind, anchor = "middle") {
  const text = svg("text", { class: `agt-tag agt-${kind}`, "text-anchor": anchor }, parent);
  return {
    /** @param {number} x @param {number} y @param {string} words */
    put(x, y, words) {
      write(text, words);
      stand(text, x, y);
    },
    /** @param {boolean} shown */
    show: (shown) => text.toggleAttribute("hidden", !shown),
  };
}

/**
 * A word beside a line, where it stands clearest of all other marks; it stays while it stands nearly as clear.
 * @param {Element} parent
 * @param {string} kind whose colour it has
 */
export function lineTag(parent, kind) {
  const label = tag(parent, kind);
  let kept = 0;
  /**
   * @param {string} words
   * @param {Pair[]} along the line, in pixels
   * @param {Pair[]} obstacles points to stay clear of, in pixels
   * @param {Frame} frame
   * @returns {Pair[]} where it stands now, for the next label to stay clear of; empty where it found no place
   */
  return function put(words, along, obstacles, frame) {
    const half = words.length * 3.8;
    const spots = along.flatMap(([x, y]) => [[x, y - 12], [x, y + 21], [x - half - 12, y + 4], [x + half + 12, y + 4]]);
    const room = spots.map(([x, y]) => {
      const inside = x > half && x < frame.width - half && y > 12 && y < frame.height - 3;
      return inside ? clearance(x, y - 4, half, [...along, ...obstacles]) : -1;
    });
    const most = Math.max(-1, ...room);
    label.show(most >= 0);
    if (most < 0) return [];
    if (!(room[kept] > 0.6 * most)) kept = room.indexOf(most);
    const [x, y] = spots[kept];
    label.put(x, y, words);
    return [-1, -0.5, 0, 0.5, 1].map((share) => [x + share * half, y - 4]);
  };
}

/**
 * How far a label is from the nearest obstacle.
 * @param {number} x @param {number} y its middle
 * @param {number} half of its width
 * @param {Pair[]} obstacles
 */
function clearance(x, y, half, obstacles) {
  let least = Infinity;
  for (const [ox, oy] of obstacles) {
    const across = Math.max(0, Math.abs(ox - x) - half);
    const down = Math.max(0, Math.abs(oy - y) - 7);
    least = Math.min(least, across * across + down * down);
  }
  return Math.sqrt(least);
}

/**
 * The measured points, each with its exact values under the pointer and under the keyboard's focus.
 * @param {Panel} place
 * @param {number} count
 * @param {(index: number) => string} words the exact values of one point
 */
export function points(place, count, words) {
  const group = svg("g", { role: "group", "aria-label": "measured points, arrow keys move between them" }, place.over);
  const ring = svg("circle", { class: "agt-ring", r: 8, visibility: "hidden" }, group);
  let active = 0;
  let shown = -1;
  const dots = Array.from({ length: count }, (_, i) => {
    const dot = svg("circle", { class: "agt-dot", r: 4.5, role: "img", tabindex: i ? -1 : 0, "aria-label": words(i) }, group);
    dot.addEventListener("pointerenter", () => show(i));
    dot.addEventListener("pointerleave", () => show(-1));
    dot.addEventListener("focus", () => show(i));
    dot.addEventListener("blur", () => show(-1));
    dot.addEventListener("keydown", (event) => move(/** @type {KeyboardEvent} */ (event)));
    return dot;
  });
  /** @param {KeyboardEvent} event */
  function move(event) {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -count, End: count }[event.key];
    if (!by) return;
    event.preventDefault();
    dots[active].setAttribute("tabindex", "-1");
    active = Math.max(0, Math.min(count - 1, active + by));
    dots[active].setAttribute("tabindex", "0");
    dots[active].focus();
  }
  /** @param {number} index */
  function show(index) {
    shown = index;
    ring.setAttribute("visibility", index < 0 ? "hidden" : "visible");
    update();
  }
  function update() {
    place.remark(shown < 0 ? "" : words(shown));
    if (shown < 0) return;
    dots[shown].setAttribute("aria-label", words(shown));
    for (const at of ["cx", "cy"]) ring.setAttribute(at, dots[shown].getAttribute(at) ?? "0");
  }
  return {
    update,
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Frame} frame */
    draw(xs, ys, frame) {
      dots.forEach((dot, i) => centre(dot, frame.x(xs[i]), frame.y(ys[i])));
      update();
    },
  };
}

/**
 * Points in data as points in pixels.
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {Frame} frame
 * @param {number} count
 * @returns {Pair[]}
 */
export function pixels(xs, ys, frame, count) {
  return Array.from({ length: count }, (_, i) => [frame.x(xs[i]), frame.y(ys[i])]);
}
