import { figure } from "./numbers.js";
import { line, lineTag, pixels, points, tag } from "./panel.js";
import { endsOf } from "./scales.js";

/** @typedef {{xs: number[], ys: ArrayLike<number>, words: string}} Curve with its words beside it */

export const NO_CURVE = /** @type {Curve} */ ({ xs: [], ys: [], words: "" });

/**
 * The measured points, the present curve, and the one that it is held against.
 * @param {import("./panel.js").Panel} place
 * @param {number[]} time
 * @param {number[]} speed
 * @param {import("./panel.js").Pair} ys the ends of the axis
 */
export function curvesOver(place, time, speed, ys) {
  const bestLine = line(place.plot, "best");
  const presentLine = line(place.plot, "present");
  const bestTag = lineTag(place.over, "best");
  const presentTag = lineTag(place.over, "present");
  const outside = tag(place.over, "present");
  let preds = /** @type {ArrayLike<number | undefined>} */ ([]);
  const dots = points(place, time.length, (i) => pointInWords(time[i], speed[i], preds[i]));

  /** @param {Curve} present @param {Curve} best @param {ArrayLike<number | undefined>} atPoints the predictions at the points */
  return function draw(present, best, atPoints) {
    preds = atPoints;
    const frame = place.axes(endsOf(time), ys);
    presentLine.draw(present.xs, present.ys, frame);
    bestLine.draw(best.xs, best.ys, frame);
    dots.draw(time, speed, frame);
    const [marks, now, goal] = [{ xs: time, ys: speed }, present, best].map((each) => pixels(each.xs, each.ys, frame, each.xs.length));
    const taken = presentTag(present.words, now, [...marks, ...goal], frame);
    outside.show(!taken.length);
    outside.put(frame.width / 2, 14, `${present.words}: outside`);
    bestTag(best.words, goal, [...marks, ...now, ...taken], frame);
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
