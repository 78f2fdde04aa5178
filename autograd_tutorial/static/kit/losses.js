import { svg } from "./dom.js";
import { figure } from "./numbers.js";
import { centre, line, tag } from "./panel.js";
import { ended } from "./runs.js";

/** @typedef {import("./panel.js").Pair} Pair */

/**
 * The losses of a run up to where it is shown, and how far down they could go.
 * @param {import("./panel.js").Panel} place
 */
export function lossesOf(place) {
  const rest = line(place.plot, "rest");
  const floorLine = line(place.plot, "best");
  const present = line(place.plot, "present");
  const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
  const floorTag = tag(place.over, "best", "end");
  const nowTags = [tag(place.over, "present", "start"), tag(place.over, "present", "end")];

  /** @param {import("./runs.js").Now} now @param {(log: boolean) => string} title */
  return function draw({ all, count, at, runs, exploded }, title) {
    const last = all.length - 1;
    const lowest = Math.min(...all.subarray(0, count), runs.floor ?? Infinity);
    const log = all[0] > 0 && (lowest > 0 || runs.floor !== null);
    place.entitle(title(log));
    const frame = place.axes([0, Math.max(1, last)], log ? powersOf(all[0], lowest) : spanOf(all[0], lowest), log);
    const steps = Array.from(all, (_, i) => i);
    rest.draw(steps, all, frame, count);
    present.draw(steps, all, frame, at + 1);
    const floor = runs.floor;
    const level = floor === null ? 0 : Math.min(frame.height - 20, frame.y(Math.max(floor, 1e-300)));
    floorTag.show(floor !== null);
    floorLine.draw([0, last], floor === null ? [] : [floor, floor], frame, floor === null ? 0 : 2);
    if (floor !== null) floorTag.put(frame.width, level + 17, `best possible ${figure(floor)}`);
    const y = Math.max(0, Math.min(frame.height, frame.y(all[at])));
    centre(dot, frame.x(at), y);
    place.remark(exploded ? `${ended(all[count])} at step ${count + 1}: loss is ${figure(all[count])}` : "");
    const late = frame.x(at) > frame.width / 2 ? 1 : 0;
    nowTags.forEach((each, side) => each.show(side === late && !exploded));
    nowTags[late].put(frame.x(at) + (late ? 6 : 10), y < 26 ? y + 22 : y - 12, `${figure(all[at])} now`);
  };
}

/**
 * What a log axis shows: down to the lowest, at most nine powers of ten, and up to where an explosion is seen to rise.
 * @param {number} first
 * @param {number} lowest
 * @returns {Pair}
 */
function powersOf(first, lowest) {
  return [Math.max(lowest, first * 1e-9) / 4, Math.max(first, lowest) * 30];
}

/**
 * @param {number} first
 * @param {number} lowest
 * @returns {Pair}
 */
function spanOf(first, lowest) {
  const room = 0.2 * (first - lowest) || Math.abs(first) || 1;
  return [lowest - room, first + room];
}
