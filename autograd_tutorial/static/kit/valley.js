import { svg } from "./dom.js";
import { figure } from "./numbers.js";
import { around, block, centre, dataAt, draggable, halfOf, line, panel, tag } from "./panel.js";
import { errorsAt } from "./runs.js";

/** @typedef {import("./panel.js").Frame} Frame */
/** @typedef {import("./panel.js").Pair} Pair */
/** @typedef {import("./panel.js").Panel} Panel */
/** @typedef {import("./panel.js").Tag} Tag */
/**
 * The loss over the plane of the steepest and the flattest direction, through the best params: each level is an ellipse.
 * @typedef {{runs: import("./runs.js").Runs, levels: number[], spans: Pair, stretch: number}} Bowl
 *   `spans`: how far the axes reach at least, across and up; `stretch`: how many times wider a unit across is drawn than one up
 */

/**
 * The plot from above: lines of equal loss, and the path of a run over them.
 * @param {Element} panels
 * @param {number} height
 * @param {Bowl[]} bowls all that are to be drawn
 * @param {import("./state.js").State} [state] in which a hand may choose where the run starts
 */
export function valley(panels, height, bowls, state) {
  const place = panel(panels, {
    title: "",
    words: "Lines of equal loss around the best params, and the path of the run",
    xLabel: "off the best, steep direction",
    yLabel: "off the best, flat direction",
    height,
  });
  const rings = contours(place, Math.max(...bowls.map(({ levels }) => levels.length)));
  const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: tag(place.over, "ghost") }));
  const path = pathOf(place, state);

  /**
   * @param {Bowl} bowl @param {number} run which one @param {number} at how far it is drawn @param {string} words where it is then
   * @param {(frame: Frame) => void} [field] draws what else there is, before the names of the lines
   * @param {{words: string, path: Pair[]}[]} [kept] runs to hold it against
   */
  function draw(bowl, run, at, words, field, kept = []) {
    const frame = frameOf(place, bowl);
    path(Array.from({ length: at + 1 }, (_, step) => ends(errorsAt(bowl.runs, run, step))), words, frame);
    field?.(frame);
    ghosts.forEach((ghost, i) => {
      const seen = kept[i]?.path ?? [];
      ghost.path.draw(seen.map(([x]) => x), seen.map(([, y]) => y), frame);
      ghost.name.show(false);
      const last = /** @type {Pair} */ ([frame.x(seen.at(-1)?.[0] ?? 0), frame.y(seen.at(-1)?.[1] ?? 0)]);
      if (seen.length) ghost.name.place(frame, kept[i].words, around(last, kept[i].words, frame));
    });
    rings(bowl, frame);
    return frame;
  }
  return { place, draw };
}

/**
 * The errors where a run starts: as given, but in the plane of the valley where the reader wants it.
 * @param {import("./runs.js").Runs} runs
 * @param {string} wanted
 */
export function startOf({ directions }, wanted) {
  const given = directions.map(({ start }) => start);
  const [x, y] = wanted.split(" ").map(Number);
  return wanted ? [x, ...given.slice(1, -1), y] : given;
}

/**
 * What belongs to the steepest direction, and to the flattest.
 * @template T
 * @param {T[]} each
 * @returns {[T, T]}
 */
export function ends(each) {
  return [each[0], each[each.length - 1]];
}

/**
 * Axes that hold the start, with 0 in the middle, and `stretch` between their scales.
 * @param {Panel} place
 * @param {Bowl} bowl
 */
function frameOf(place, { runs, spans, stretch }) {
  const [steep, flat] = ends(runs.directions);
  place.entitle(`Lines of equal mse, condition number ${figure(steep.curvature / flat.curvature)}`);
  const [times, way] = stretch > 1 ? [stretch, "wider"] : [1 / stretch, "higher"];
  place.remark(stretch === 1 ? "Drawn in its true shape." : `Drawn ${figure(times, 2)} times ${way} than it is.`);
  const { width, height } = place.size();
  const high = Math.max(spans[1], (spans[0] * stretch * height) / width);
  const wide = (high * width) / height / stretch;
  return place.axes([-wide, wide], [-high, high]);
}

const ROUND = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120);

/**
 * @param {Panel} place
 * @param {number} count how many there are at most
 */
function contours(place, count) {
  const drawn = Array.from({ length: count }, () => ({ ring: line(place.plot, "rest"), label: tag(place.over, "rest") }));

  /** @param {Bowl} bowl @param {Frame} frame */
  return function draw({ levels, runs }, frame) {
    const [steep, flat] = ends(runs.directions);
    const floor = runs.floor ?? 0;
    let free = 40; // pixels from the middle that are taken
    drawn.forEach(({ ring, label }, i) => {
      const level = levels[i] ?? floor;
      const shown = level > floor;
      const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - floor)) / curvature));
      ring.draw(ROUND.map((turn) => radii[0] * Math.cos(turn)), ROUND.map((turn) => radii[1] * Math.sin(turn)), frame, shown ? ROUND.length : 0);
      const x = frame.x(radii[0]);
      const half = halfOf(round(level));
      const fits = shown && x - half > frame.width / 2 + free && x + half < frame.width;
      label.show(false);
      if (!fits) return;
      label.place(frame, round(level), [[x, frame.height / 2 + 4]]);
      free = x + half + 6 - frame.width / 2;
    });
  };
}

/** @param {number} level */
function round(level) {
  return level >= 1e6 ? figure(level, 1) : level.toLocaleString("en-US");
}

/**
 * @param {Panel} place
 * @param {import("./state.js").State} [state] in which a hand may choose where it starts
 */
function pathOf(place, state) {
  const goal = svg("path", { class: "agt-goal" }, place.over);
  const goalTag = tag(place.over, "best");
  const way = line(place.plot, "present");
  const stroke = /** @type {SVGElement} */ (place.plot.lastElementChild).style;
  const recent = line(place.plot, "present");
  const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
  const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
  const startTag = tag(place.over, "present");
  const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
  const nowTag = tag(place.over, "present");
  if (state) startByHand(place, start, state);

  /** @param {Pair[]} points @param {string} words where the last one is @param {Frame} frame */
  return function draw(points, words, frame) {
    const seen = points.map(([x, y]) => [frame.x(x), frame.y(y)]);
    way.draw(points.map(([x]) => x), points.map(([, y]) => y), frame);
    const crowded = lengthOf(seen) > 8 * (frame.width + frame.height); // what it crosses should show through
    stroke.opacity = crowded ? "0.22" : "";
    stroke.strokeWidth = crowded ? "1" : "";
    const tail = crowded ? points.slice(-30) : [];
    recent.draw(tail.map(([x]) => x), tail.map(([, y]) => y), frame);
    const few = seen.length <= 201 && !crowded; // more of them would hide the line
    const near = few ? seen.filter(([x, y]) => Math.abs(x) < 9999 && Math.abs(y) < 9999) : [];
    beads.setAttribute("d", near.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""));
    const [x, y] = [frame.x(0), frame.y(0)];
    goal.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12`);
    const [first, last] = [seen[0], seen[seen.length - 1]].map(([left, top]) => /** @type {Pair} */ ([left, top]));
    centre(start, first[0], first[1]);
    centre(dot, last[0], last[1]);
    const inside = last[0] >= 0 && last[0] <= frame.width && last[1] >= 0 && last[1] <= frame.height;
    dot.toggleAttribute("hidden", !inside);
    const away = Math.hypot(last[0] - first[0], last[1] - first[1]);
    const begun = points.length > 1;
    const out = `${words}: outside`;
    for (const spot of [[x, y], first, last]) block(frame, spot[0], spot[1]);
    nowTag.show(false);
    if (begun) nowTag.place(frame, inside ? words : out, inside ? around(last, words, frame) : [[frame.width / 2, 16], [halfOf(out), 16], [frame.width / 2, frame.height - 8]]);
    startTag.show(false);
    if (!begun || away > 40 || !inside) startTag.place(frame, "start", around(first, "start", frame, 1));
    goalTag.place(frame, "best possible", around([x, y], "best possible", frame, 1));
  };
}

/**
 * Let the reader choose where the run starts: a press anywhere, or arrow keys on the start.
 * @param {Panel} place
 * @param {Element} start its mark
 * @param {import("./state.js").State} state
 */
function startByHand(place, start, state) {
  for (const [name, value] of Object.entries({ tabindex: 0, role: "img", "aria-label": "start of the run: arrow keys move it" })) start.setAttribute(name, String(value));
  state.hold("start", (text) => /^\S+ \S+$/.test(text) && text.split(" ").every((each) => Math.abs(Number(each)) < 1e4), "time");
  const to = (/** @type {number} */ x, /** @type {number} */ y) => state.set("start", [x, y].map((each) => Number(each.toPrecision(6))).join(" "));
  /** @param {number} left @param {number} top @param {boolean} byTouch which must find the mark itself: elsewhere it scrolls the page */
  const begin = (left, top, byTouch) => {
    const { width, height } = place.frame();
    if (left < 0 || left > width || top < 0 || top > height) return null;
    const middle = /** @type {Pair} */ (["cx", "cy"].map((at) => Number(start.getAttribute(at))));
    const far = Math.hypot(middle[0] - left, middle[1] - top);
    if (byTouch && far > 28) return null;
    state.mark();
    if (byTouch || far < 8) return middle;
    const { x, y } = dataAt(place.frame(), left, top);
    to(x, y);
    return /** @type {Pair} */ ([left, top]);
  };
  draggable(place, { begin, to, tapped: (left, top) => begin(left, top, false) });
  start.addEventListener("keydown", (event) => {
    const { key, repeat } = /** @type {KeyboardEvent} */ (event);
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!way) return;
    event.preventDefault();
    if (!repeat) state.mark();
    const [left, top] = ["cx", "cy"].map((at, i) => Number(start.getAttribute(at)) + 6 * way[i]);
    const { x, y } = dataAt(place.frame(), left, top);
    to(x, y);
  });
}

/** @param {number[][]} spots in pixels; steps that leave the plot count as far as they can be seen */
function lengthOf(spots) {
  return spots.slice(1).reduce((sum, [x, y], i) => sum + Math.min(400, Math.hypot(x - spots[i][0], y - spots[i][1])), 0);
}
