import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { line, lineTag, panel, pixels, points, pointInWords } from "./kit/panel.js";

/**
 * The curve is the sum of `basis`, each times a weight: a frame of `frames`, or the values of the sliders.
 * @typedef {{time: number[], speed: number[], basis: number[][], frames: number[][] | null, low: number, high: number}} Fit
 */

/** @type {import("./kit/host.js").Build<Fit, {step: number}>} */
function buildFit(panels, spec, _arrays, state) {
  const { time, speed, basis, frames, low, high } = spec.data;
  const place = panel(panels, { title: "", words: "Speed in m/s against time in s", xLabel: "time (s)", yLabel: "speed (m/s)", height: 300 });
  const curve = line(place.plot, "present");
  const label = lineTag(place.over, "present");
  let preds = /** @type {number[]} */ ([]);
  const dots = points(place, time.length, (i) => {
    return pointInWords(time[i], speed[i], preds[i]);
  });

  return function paint() {
    const weights = frames ? frames[state.values.step] : spec.controls.map(({ name }) => state.number(name));
    preds = time.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * basis[k][i], 0));
    const miss = Math.sqrt(preds.reduce((sum, pred, i) => sum + (pred - speed[i]) ** 2, 0) / preds.length);
    const frame = place.axes([Math.min(...time), Math.max(...time)], [low, high]);
    curve.draw(time, preds, frame);
    dots.draw(time, speed, frame);
    const words = frames ? `after ${plural(state.values.step, "step")}` : "your curve";
    label(words, pixels(time, preds, frame, time.length), pixels(time, speed, frame, time.length), frame);
    return { verdict: `rmse ${figure(miss)}.`, words: "By that many m/s the curve typically misses a point.", value: `rmse ${figure(miss)}` };
  };
}

wake("fit", buildFit);
export default widget(buildFit);
