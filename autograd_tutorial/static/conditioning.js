import { directionBars } from "./kit/bars.js";
import { wake, widget } from "./kit/host.js";
import { figure, plural } from "./kit/numbers.js";
import { finding, nowOf } from "./kit/runs.js";
import { valley } from "./kit/valley.js";

/** @typedef {{bowls: Record<string, import("./kit/valley.js").Bowl>}} Data by the kind of times */

/** @type {import("./kit/host.js").Build<Data, {lr: number, step: number, time: string}>} */
function buildConditioning(panels, { bowls }, state) {
  panels.classList.add("agt-two");
  const { draw } = valley(panels, 380, Object.values(bowls));
  const bars = directionBars(panels);

  return function paint() {
    const { lr, step, time } = state.values;
    const { runs } = bowls[time];
    const now = nowOf(runs, state.stop("lr"), step);
    draw(bowls[time], state.stop("lr"), now.at, now.exploded ? "before it exploded" : `after ${plural(now.at, "step")}`);
    bars.draw(now);
    return advised(finding(now), runs.edge, lr);
  };
}

/**
 * The finding, and how far the edge is where the rate is far below it.
 * @param {import("./kit/host.js").Finding} found
 * @param {number | null} edge
 * @param {number} lr
 */
function advised(found, edge, lr) {
  const room = (edge ?? 0) / lr;
  if (room < 10 || found.verdict === "Learned.") return found;
  return { ...found, words: `${found.words} The edge is ${figure(room, 2)} times higher: raise the rate.` };
}

wake("conditioning", buildConditioning);
export default widget(buildConditioning);
