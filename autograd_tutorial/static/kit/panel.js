import { html, svg, write } from "./dom.js";
import { scale, ticks } from "./scales.js";

/** @typedef {[number, number]} Pair */
/** @typedef {(value: number) => number} Scale */
/** @typedef {[number, number, number, number]} Box left, top, right, bottom */
/** @typedef {{x: Scale, y: Scale, xs: Pair, ys: Pair, width: number, height: number, taken: Box[]}} Frame `xs`, `ys`: the ends in data; `taken`: where words and marks stand already */
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
  let frame = { x: Number, y: Number, xs: [0, 1], ys: [0, 1], width: 0, height: 0, taken: [] };

  /** How many pixels the plot has. */
  function size() {
    outer ||= box.clientWidth || 300; // asked once: to ask at each frame would lay the page out twice
    return { width: Math.max(60, outer - EDGES.left - EDGES.right), height: height - EDGES.top - EDGES.bottom };
  }

  /**
   * The scales for these domains, with the axes drawn to match, and no word on them yet.
   * @param {Pair} xs @param {Pair} ys @param {boolean} [log] of the y axis @param {boolean} [logX] of the x axis
   * @returns {Frame}
   */
  function axes(xs, ys, log = false, logX = false) {
    const shape = size();
    const wanted = [outer, ...xs, ...ys, log].join();
    frame.taken = [];
    if (wanted === key) return frame;
    key = wanted;
    frame = { x: scale(xs, [0, shape.width], logX), y: scale(ys, [shape.height, 0], log), xs, ys, ...shape, taken: [] };
    plot.setAttribute("width", String(shape.width));
    plot.setAttribute("height", String(shape.height));
    grid.replaceChildren();
    for (const tick of ticks(ys, log ? 6 : 5, log)) {
      const y = EDGES.top + frame.y(tick);
      svg("line", { class: "agt-grid", x1: EDGES.left, x2: outer - EDGES.right, y1: y, y2: y }, grid);
      if (yLabel && frame.y(tick) < 14) continue; // where the label stands
      svg("text", { class: "agt-axis", x: EDGES.left - 7, y: y + 4, "text-anchor": "end", text: tickText(tick) }, grid);
    }
    for (const tick of ticks(xs, shape.width < 220 ? 2 : 4, logX)) {
      const place = { x: EDGES.left + frame.x(tick), y: height - EDGES.bottom + 18, "text-anchor": "middle" };
      svg("text", { class: "agt-axis", ...place, text: tickText(tick) }, grid);
    }
    svg("text", { class: "agt-axis", x: EDGES.left + shape.width / 2, y: height - 4, "text-anchor": "middle", text: xLabel }, grid);
    if (yLabel) svg("text", { class: "agt-axis", x: 2, y: 9, text: yLabel }, grid);
    return frame;
  }
  return {
    box, drawing, plot, over, axes, size,
    frame: () => frame,
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
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {{x: Scale, y: Scale}} frame @param {number} [count] */
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

/** @type {CanvasRenderingContext2D | null | undefined} */
let pen;
/** @type {Map<string, number>} */
const widths = new Map();

/** Half of how wide a tag is, in pixels. @param {string} words */
export function halfOf(words) {
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen) pen.font = '600 13px system-ui, -apple-system, "Segoe UI", sans-serif';
  if (!widths.has(words)) widths.set(words, (pen?.measureText(words).width ?? 8 * words.length) / 2 + 2);
  return widths.get(words) ?? 0;
}

/** @param {number} x @param {number} y @param {number} half @returns {Box} of a tag in the middle over x */
function boxOf(x, y, half) {
  return [x - half, y - 12, x + half, y + 5];
}

/** Keep words off a mark. @param {Frame} frame @param {number} x @param {number} y @param {number} [room] around it */
export function block({ taken }, x, y, room = 6) {
  taken.push([x - room, y - room, x + room, y + room]);
}

/** @param {Frame} frame @param {Box} box */
function isFree({ taken, width, height }, [left, top, right, bottom]) {
  if (left < 0 || right > width + 8 || top < -4 || bottom > height) return false;
  return taken.every((each) => right <= each[0] || left >= each[2] || bottom <= each[1] || top >= each[3]);
}

/**
 * A word beside what it names.
 * @param {Element} parent
 * @param {string} kind whose colour it has
 * @param {string} [anchor] which end stands at x
 */
export function tag(parent, kind, anchor = "middle") {
  const text = svg("text", { class: `agt-tag agt-${kind}`, "text-anchor": anchor }, parent);
  let kept = 0;
  const show = (/** @type {boolean} */ shown) => void text.toggleAttribute("hidden", !shown);
  /** @param {number} x @param {number} y @param {string} words */
  function put(x, y, words) {
    write(text, words);
    stand(text, x, y);
    show(true);
  }
  return {
    put,
    show,
    /**
     * Put a word of the middle at the first of some spots where it meets no other; it goes where there is none.
     * @param {Frame} frame @param {string} words @param {Pair[]} spots in pixels
     */
    place(frame, words, spots) {
      const boxes = spots.map(([x, y]) => boxOf(x, y, halfOf(words)));
      if (!(boxes[kept] && isFree(frame, boxes[kept]))) kept = boxes.findIndex((box) => isFree(frame, box));
      show(kept >= 0);
      if (kept < 0) return;
      frame.taken.push(boxes[kept]);
      put(...spots[kept], words);
    },
  };
}

/**
 * Where a word may stand around a mark, the best spots first, inside the frame.
 * @param {Pair} mark in pixels @param {string} words @param {Frame} frame @param {number} [first] -1: rather above than below
 * @returns {Pair[]}
 */
export function around([x, y], words, { width }, first = -1) {
  const half = halfOf(words);
  const middle = Math.max(half, Math.min(width - half, x));
  const ups = first < 0 ? [y - 13, y + 22, y - 30, y + 39] : [y + 22, y - 13, y + 39, y - 30];
  return [...ups.slice(0, 2).map((up) => [middle, up]), [x + half + 10, y + 4], [x - half - 10, y + 4], ...ups.slice(2).map((up) => [middle, up])].map(
    ([at, up]) => [at, up],
  );
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
   * @returns {boolean} whether it found a place
   */
  return function put(words, along, obstacles, frame) {
    const half = halfOf(words);
    const spots = along.flatMap(([x, y]) => [[x, y - 12], [x, y + 21], [x - half - 12, y + 4], [x + half + 12, y + 4]]);
    const room = spots.map(([x, y]) => (isFree(frame, boxOf(x, y, half)) ? clearance(x, y - 4, half, [...along, ...obstacles]) : -1));
    const most = Math.max(-1, ...room);
    label.show(most >= 0);
    if (most < 0) return false;
    if (!(room[kept] > 0.6 * most)) kept = room.indexOf(most);
    const [x, y] = spots[kept];
    label.put(x, y, words);
    frame.taken.push(boxOf(x, y, half));
    return true;
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

/** @typedef {{begin: () => void, to: (index: number, x: number, y: number) => void}} Hold what a hand does to a point: takes it, and brings it somewhere in data */

/**
 * The measured points, each with its exact values under the pointer and under the keyboard's focus; with `hold` to be pulled.
 * @param {Panel} place
 * @param {number} count
 * @param {(index: number) => string} words the exact values of one point
 * @param {Hold} [hold]
 */
export function points(place, count, words, hold) {
  const how = hold ? "left and right go from one to the next, up and down pull it, with Shift sideways too" : "arrow keys move between them";
  const group = svg("g", { role: "group", "aria-label": `measured points, ${how}` }, place.over);
  const ring = svg("circle", { class: "agt-ring", r: 8, visibility: "hidden" }, group);
  let active = 0;
  let shown = -1;
  let frame = /** @type {Frame | null} */ (null);
  let at = /** @type {Pair[]} */ ([]);
  const dots = Array.from({ length: count }, (_, i) => {
    const dot = svg("circle", { class: `agt-dot${hold ? " agt-held" : ""}`, r: 4.5, role: "img", tabindex: i ? -1 : 0, "aria-label": words(i) }, group);
    dot.addEventListener("pointerenter", () => show(i));
    dot.addEventListener("pointerleave", () => show(-1));
    dot.addEventListener("focus", () => show(i));
    dot.addEventListener("blur", () => show(-1));
    dot.addEventListener("keydown", (event) => move(/** @type {KeyboardEvent} */ (event)));
    return dot;
  });
  if (hold) {
    draggable(place, {
      begin(x, y) {
        const far = at.map((spot) => Math.hypot(spot[0] - x, spot[1] - y));
        active = far.indexOf(Math.min(...far));
        if (!(far[active] < 22)) return null;
        hold.begin();
        focus(active);
        return at[active];
      },
      to: (x, y) => frame && hold.to(active, x, y),
    });
  }
  /** @param {number} index */
  function focus(index) {
    dots.forEach((dot, i) => dot.setAttribute("tabindex", i === index ? "0" : "-1"));
    dots[(active = index)].focus({ preventScroll: true });
  }
  /** @param {KeyboardEvent} event */
  function move(event) {
    const [across, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [-count, 0], End: [count, 0] }[event.key] ?? [0, 0];
    if (!across && !up) return;
    event.preventDefault();
    if (!hold || !frame || !(up || (event.shiftKey && Math.abs(across) === 1))) return focus(Math.max(0, Math.min(count - 1, active + across + up)));
    if (!event.repeat) hold.begin();
    const { x, y } = dataAt(frame, at[active][0] + (across * frame.width) / 100, at[active][1] - (up * frame.height) / 100);
    hold.to(active, x, y);
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
    /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys @param {Frame} now */
    draw(xs, ys, now) {
      frame = now;
      at = pixels(xs, ys, now, count);
      dots.forEach((dot, i) => centre(dot, ...at[i]));
      update();
    },
  };
}

/** What a pixel of a plot is in data, kept inside it. @param {Frame} frame @param {number} left @param {number} top */
export function dataAt({ xs, ys, width, height }, left, top) {
  const share = (/** @type {number} */ at, /** @type {number} */ whole) => Math.max(0, Math.min(1, at / whole));
  return { x: xs[0] + share(left, width) * (xs[1] - xs[0]), y: ys[1] - share(top, height) * (ys[1] - ys[0]) };
}

/**
 * Let a hand take something in a plot and bring it elsewhere, by mouse and by touch; where it takes nothing, a finger scrolls.
 * @param {Panel} place
 * @param {{begin: (left: number, top: number, byTouch: boolean) => Pair | null, to: (x: number, y: number) => void, tapped?: (left: number, top: number) => void}} hand
 *   the middle of what it takes there, in pixels; where it brings that, in data; what a finger's tap elsewhere does
 */
export function draggable(place, { begin, to, tapped }) {
  const { drawing } = place;
  /** @type {Pair | null} from the pointer to the middle of what is held */
  let held = null;
  const inside = (/** @type {{clientX: number, clientY: number}} */ { clientX, clientY }) => {
    const box = drawing.getBoundingClientRect();
    return /** @type {Pair} */ ([clientX - box.left - EDGES.left, clientY - box.top - EDGES.top]);
  };
  const take = (/** @type {Pair} */ [left, top], byTouch = false) => {
    const middle = begin(left, top, byTouch);
    return (held = middle && [middle[0] - left, middle[1] - top]);
  };
  const bring = (/** @type {Pair} */ [left, top]) => {
    if (!held) return;
    const { x, y } = dataAt(place.frame(), left + held[0], top + held[1]);
    to(x, y);
  };
  drawing.addEventListener("pointerdown", (event) => {
    const { pointerType, pointerId, button } = /** @type {PointerEvent} */ (event);
    if (pointerType === "touch" || button || !take(inside(/** @type {PointerEvent} */ (event)))) return;
    event.preventDefault();
    drawing.setPointerCapture(pointerId);
  });
  drawing.addEventListener("pointermove", (event) => bring(inside(/** @type {PointerEvent} */ (event))));
  for (const end of ["pointerup", "pointercancel", "touchend", "touchcancel"]) drawing.addEventListener(end, () => (held = null));
  drawing.addEventListener("touchstart", (event) => {
    const { touches } = /** @type {TouchEvent} */ (event);
    held = null;
    if (touches.length === 1 && take(inside(touches[0]), true)) event.preventDefault(); // the page stands still meanwhile
  }, { passive: false });
  drawing.addEventListener("click", (event) => /** @type {PointerEvent} */ (event).pointerType === "touch" && tapped?.(...inside(/** @type {PointerEvent} */ (event))));
  drawing.addEventListener("touchmove", (event) => bring(inside(/** @type {TouchEvent} */ (event).touches[0])));
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
