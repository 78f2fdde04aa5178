import { figure } from "./numbers.js";
import { block, halfOf, line, lineTag, pixels, points, tag } from "./panel.js";
import { endsOf } from "./scales.js";

/** @typedef {{xs: number[], ys: ArrayLike<number>, words: string}} Curve with its words beside it */

export const NO_CURVE = /** @type {Curve} */ ({ xs: [], ys: [], words: "" });

/**
 * The measured points, the present curve, and the one that it is held against.
 * @param {import("./panel.js").Panel} place
 * @param {number[]} time
 * @param {number[]} speed
 * @param {import("./panel.js").Pair} ys the ends of the axis
 * @param {import("./panel.js").Hold} [hold] what pulls a point
 */
export function curvesOver(place, time, speed, ys, hold) {
  const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: lineTag(place.over, "ghost") }));
  const bestLine = line(place.plot, "best");
  const presentLine = line(place.plot, "present");
  const bestTag = lineTag(place.over, "best");
  const presentTag = lineTag(place.over, "present");
  const outside = tag(place.over, "present");
  let preds = /** @type {ArrayLike<number | undefined>} */ ([]);
  let measured = { time, speed };
  const dots = points(place, time.length, (i) => pointInWords(measured.time[i], measured.speed[i], preds[i]), hold);
  const xs = endsOf(time);

  /**
   * @param {Curve} present @param {Curve} best
   * @param {ArrayLike<number | undefined>} atPoints the predictions at the points
   * @param {{time: number[], speed: number[]}} [now] where the points are, if elsewhere
   * @param {Curve[]} [kept] runs to hold it against
   */
  return function draw(present, best, atPoints, now = { time, speed }, kept = []) {
    preds = atPoints;
    measured = now;
    const frame = place.axes(xs, ys);
    presentLine.draw(present.xs, present.ys, frame);
    bestLine.draw(best.xs, best.ys, frame);
    dots.draw(now.time, now.speed, frame);
    const [marks, way, goal, ...olds] = [{ xs: now.time, ys: now.speed }, present, best, ...kept].map((each) => pixels(each.xs, each.ys, frame, each.xs.length));
    for (const [x, y] of marks) block(frame, x, y, 4);
    const said = presentTag(present.words, way, [...marks, ...goal], frame);
    const out = `${present.words}: outside`;
    outside.show(false);
    if (!said) outside.place(frame, out, [[frame.width / 2, 14], [frame.width / 2, 40], [halfOf(out), 14], [frame.width / 2, frame.height - 8]]);
    bestTag(best.words, goal, [...marks, ...way], frame);
    ghosts.forEach(({ path, name }, i) => {
      path.draw(kept[i]?.xs ?? [], kept[i]?.ys ?? [], frame);
      name(kept[i]?.words ?? "", olds[i] ?? [], [...marks, ...way, ...goal], frame);
    });
  };
}

/**
 * The exact values of one point.
 * @param {number} time
 * @param {number} speed
 * @param {number | undefined} pred
 */
function pointInWords(time, speed, pred) {
  const said = `t = ${figure(time, 3)} s: ${figure(speed, 3)} measured`;
  return pred === undefined ? said : `${said}, ${figure(pred, 3)} predicted`;
}
