import { directionBars } from "./kit/bars.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { errorsAt, finding, nowOf } from "./kit/runs.js";
import { contours, ends, frameOf, pathOf, valley } from "./kit/valley.js";

/** @typedef {import("./kit/valley.js").Bowl} Bowl */

/** @type {import("./kit/host.js").Build<{steps: number, runs: Record<string, Bowl>}, {lr: number, step: number, time: string}>} */
function buildConditioning(panels, spec, arrays, state) {
  const { steps, runs } = spec.data;
  panels.classList.add("agt-two");
  const place = valley(panels, 380);
  const bars = directionBars(panels);
  const rings = contours(place, Math.max(...Object.values(runs).map(({ levels }) => levels.length)));
  const path = pathOf(place);

  return function paint() {
    const { lr, step, time } = state.values;
    const key = `mse ${time}`;
    const bowl = runs[key];
    const now = nowOf(arrays, bowl, key, steps + 1, { loss: "mse", lr, step });
    const frame = frameOf(place, bowl);
    rings(bowl, frame);
    path(
      Array.from({ length: now.at + 1 }, (_, at) => ends(errorsAt(arrays, key, steps + 1, lr, at))),
      now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`,
      frame,
    );
    bars.draw(now);
    return advised(finding(now), bowl, state.number("lr"));
  };
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
