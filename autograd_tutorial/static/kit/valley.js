import { svg } from "./dom.js";
import { figure } from "./numbers.js";
import { centre, line, panel, tag } from "./panel.js";
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
 */
export function valley(panels, height, bowls) {
  const place = panel(panels, {
    title: "",
    words: "Lines of equal loss around the best params, and the path of the run",
    xLabel: "off the best, steep direction",
    yLabel: "off the best, flat direction",
    height,
  });
  const rings = contours(place, Math.max(...bowls.map(({ levels }) => levels.length)));
  const path = pathOf(place);

  /** @param {Bowl} bowl @param {number} run which one @param {number} at how far it is drawn @param {string} words where it is then */
  function draw(bowl, run, at, words) {
    const frame = frameOf(place, bowl);
    rings(bowl, frame);
    path(Array.from({ length: at + 1 }, (_, step) => ends(errorsAt(bowl.runs, run, step))), words, frame);
    return frame;
  }
  return { place, draw };
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
      const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - floor)) / curvature));
      ring.draw(ROUND.map((turn) => radii[0] * Math.cos(turn)), ROUND.map((turn) => radii[1] * Math.sin(turn)), frame, i < levels.length ? ROUND.length : 0);
      const x = frame.x(radii[0]);
      const half = 4 * figure(level).length;
      const fits = i < levels.length && x - half > frame.width / 2 + free && x + half < frame.width;
      label.show(fits);
      if (!fits) return;
      label.put(x, frame.height / 2 + 4, round(level));
      free = x + half + 6 - frame.width / 2;
    });
  };
}

/** @param {number} level */
function round(level) {
  return level >= 1e6 ? figure(level, 1) : level.toLocaleString("en-US");
}

/** @param {Panel} place */
function pathOf(place) {
  const goal = svg("path", { class: "agt-goal" }, place.over);
  const goalTag = tag(place.over, "best");
  const way = line(place.plot, "present");
  const stroke = /** @type {SVGElement} */ (place.plot.lastElementChild).style;
  const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
  const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
  const startTag = tag(place.over, "present");
  const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
  const nowTag = tag(place.over, "present");

  /** @param {Pair[]} points @param {string} words where the last one is @param {Frame} frame */
  return function draw(points, words, frame) {
    const seen = points.map(([x, y]) => [frame.x(x), frame.y(y)]);
    way.draw(points.map(([x]) => x), points.map(([, y]) => y), frame);
    const crowded = lengthOf(seen) > 8 * (frame.width + frame.height); // what it crosses should show through
    stroke.opacity = crowded ? "0.5" : "";
    stroke.strokeWidth = crowded ? "1" : "";
    const few = seen.length <= 201; // more of them would hide the line
    const near = few ? seen.filter(([x, y]) => Math.abs(x) < 9999 && Math.abs(y) < 9999) : [];
    beads.setAttribute("d", near.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""));
    const [x, y] = [frame.x(0), frame.y(0)];
    goal.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12`);
    goalTag.put(x, y + 24, "best possible");
    const [first, last] = [seen[0], seen[seen.length - 1]];
    centre(start, first[0], first[1]);
    centre(dot, last[0], last[1]);
    const inside = last[0] >= 0 && last[0] <= frame.width && last[1] >= 0 && last[1] <= frame.height;
    dot.toggleAttribute("hidden", !inside);
    const away = Math.hypot(last[0] - first[0], last[1] - first[1]);
    const begun = points.length > 1;
    startTag.show(!begun || away > 40 || !inside);
    beside(startTag, first, frame, "start", -1);
    nowTag.show(begun);
    if (inside) beside(nowTag, last, frame, words, 1);
    else nowTag.put(frame.width / 2, 16, `${words}: outside`);
  };
}

/** @param {number[][]} spots in pixels; steps that leave the plot count as far as they can be seen */
function lengthOf(spots) {
  return spots.slice(1).reduce((sum, [x, y], i) => sum + Math.min(400, Math.hypot(x - spots[i][0], y - spots[i][1])), 0);
}

/**
 * A word above its mark, or below where there is no room.
 * @param {Tag} label
 * @param {number[]} spot
 * @param {Frame} frame
 * @param {string} words
 * @param {number} side 1: rather above
 */
function beside(label, [x, y], frame, words, side) {
  const half = words.length * 3.9;
  const above = side > 0 ? y > 30 : y > frame.height - 30;
  label.put(Math.max(half, Math.min(frame.width - half, x)), above ? y - 13 : y + 24, words);
}
