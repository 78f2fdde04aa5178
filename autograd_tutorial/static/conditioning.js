import { directionBars } from "./kit/bars.js";
import { svg } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { line, panel, tag } from "./kit/panel.js";
import { errorsAt, finding, nowOf } from "./kit/runs.js";

/** @typedef {import("./kit/runs.js").Now} Now */
/** @typedef {import("./kit/panel.js").Frame} Frame */
/** @typedef {import("./kit/panel.js").Pair} Pair */
/**
 * The loss over the plane of the steepest and the flattest direction, through the best params: each level is an ellipse.
 * @typedef {import("./kit/runs.js").Runs & {levels: number[], spans: Pair, stretch: number}} Bowl
 *   `spans`: how far the axes reach at least, across and up; `stretch`: how many times wider a unit across is drawn than one up
 */

/** @type {import("./kit/host.js").Build} */
function buildConditioning(panels, spec, arrays, state) {
  /** @type {{steps: number, runs: Record<string, Bowl>}} */
  const { steps, runs } = spec.data;
  panels.classList.add("agt-two");
  const place = panel(panels, {
    title: "",
    words: "Lines of equal loss around the best params, and the path of the run",
    xLabel: "off the best, steep direction",
    yLabel: "off the best, flat direction",
    height: 380,
  });
  const bars = directionBars(panels);
  const rings = contours(place, Math.max(...Object.values(runs).map(({ levels }) => levels.length)));
  const path = pathOf(place);

  return function paint() {
    const key = `mse ${state.values.time}`;
    const bowl = runs[key];
    const now = nowOf(arrays, bowl, key, steps + 1, { loss: "mse", ...chosen(state.values) });
    const frame = frameOf(place, bowl);
    rings(bowl, frame);
    path(
      Array.from({ length: now.at + 1 }, (_, step) => ends(errorsAt(arrays, key, steps + 1, state.values.lr, step))),
      now,
      frame,
    );
    bars.draw(now);
    return advised(finding(now), bowl, state.number("lr"));
  };
}

/**
 * @param {Record<string, any>} values
 * @returns {{lr: number, step: number}}
 */
function chosen({ lr, step }) {
  return { lr, step };
}

/**
 * What belongs to the steepest direction, and to the flattest.
 * @template T
 * @param {T[]} each
 * @returns {[T, T]}
 */
function ends(each) {
  return [each[0], each[each.length - 1]];
}

/**
 * Axes that hold the start, with 0 in the middle, and `stretch` between their scales.
 * @param {ReturnType<typeof panel>} place
 * @param {Bowl} bowl
 */
function frameOf(place, { directions, spans, stretch }) {
  const [steep, flat] = ends(directions);
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
 * @param {ReturnType<typeof panel>} place
 * @param {number} count how many there are at most
 */
function contours(place, count) {
  const drawn = Array.from({ length: count }, () => ({ ring: line(place.plot, "rest"), label: tag(place.over, "rest") }));

  /** @param {Bowl} bowl @param {Frame} frame */
  return function draw({ levels, floor, directions }, frame) {
    const [steep, flat] = ends(directions);
    let free = 40; // pixels from the middle that are taken
    drawn.forEach(({ ring, label }, i) => {
      const level = levels[i] ?? floor;
      const radii = [steep, flat].map(({ curvature }) => Math.sqrt((2 * (level - (floor ?? 0))) / curvature));
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

/** @param {ReturnType<typeof panel>} place */
function pathOf(place) {
  const goal = svg("path", { class: "agt-goal" }, place.over);
  const goalTag = tag(place.over, "best");
  const way = line(place.plot, "present");
  const beads = svg("path", { class: "agt-line agt-beads" }, place.plot);
  const start = svg("circle", { class: "agt-open", r: 6 }, place.over);
  const startTag = tag(place.over, "present");
  const dot = svg("circle", { class: "agt-now", r: 6 }, place.over);
  const nowTag = tag(place.over, "present");

  /** @param {Pair[]} points @param {Now} now @param {Frame} frame */
  return function draw(points, { at, exploded }, frame) {
    const seen = points.map(([x, y]) => [frame.x(x), frame.y(y)]);
    way.draw(points.map(([x]) => x), points.map(([, y]) => y), frame);
    const near = seen.filter(([x, y]) => Math.abs(x) < 9999 && Math.abs(y) < 9999);
    beads.setAttribute("d", near.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join(""));
    const [x, y] = [frame.x(0), frame.y(0)];
    goal.setAttribute("d", `M${x - 6} ${y}h12M${x} ${y - 6}v12`);
    goalTag.put(x, y + 24, "best possible");
    const [first, last] = [seen[0], seen[seen.length - 1]];
    move(start, first);
    move(dot, last);
    const inside = last[0] >= 0 && last[0] <= frame.width && last[1] >= 0 && last[1] <= frame.height;
    dot.toggleAttribute("hidden", !inside);
    const away = Math.hypot(last[0] - first[0], last[1] - first[1]);
    startTag.show(!at || away > 40 || !inside);
    beside(startTag, first, frame, "start", -1);
    const words = exploded ? "before it exploded" : `after ${plural(at, "step")}`;
    nowTag.show(at > 0);
    if (inside) beside(nowTag, last, frame, words, 1);
    else nowTag.put(frame.width / 2, 16, `${words}: outside`);
  };
}

/** @param {Element} mark @param {number[]} spot */
function move(mark, [x, y]) {
  mark.setAttribute("cx", Math.max(-9999, Math.min(9999, x)).toFixed(1));
  mark.setAttribute("cy", Math.max(-9999, Math.min(9999, y)).toFixed(1));
}

/**
 * A word above its mark, or below where there is no room.
 * @param {ReturnType<typeof tag>} label
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

/**
 * The finding, and how far the edge is where the rate is far below it.
 * @param {import("./kit/host.js").Finding} found
 * @param {Bowl} bowl
 * @param {number} lr
 */
function advised(found, { edge }, lr) {
  const room = (edge ?? 0) / lr;
  if (room < 10 || found.verdict === "Learned.") return found;
  return { ...found, words: `${found.words} The edge is ${figure(room, 2)} times higher: raise the rate.` };
}

wake("conditioning", buildConditioning);
export default widget(buildConditioning);
