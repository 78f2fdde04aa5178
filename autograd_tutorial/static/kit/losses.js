import { svg } from "./dom.js";
import { figure, plural } from "./numbers.js";
import { around, block, centre, halfOf, line, lineTag, pixels, tag } from "./panel.js";
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
  const floorTag = tag(place.over, "best");
  const nowTag = tag(place.over, "present");
  const ghosts = [0, 1].map(() => ({ path: line(place.plot, "ghost"), name: lineTag(place.over, "ghost") }));

  /**
   * @param {import("./runs.js").Now} now @param {(log: boolean) => string} title
   * @param {{words: string, losses: ArrayLike<number>}[]} [kept] runs to hold it against
   */
  return function draw({ all, count, at, runs, exploded }, title, kept = []) {
    const last = all.length - 1;
    const lowest = Math.min(...all.subarray(0, count), runs.floor ?? Infinity);
    const log = all[0] > 0 && (lowest > 0 || runs.floor !== null);
    place.entitle(title(log));
    const frame = place.axes([0, Math.max(1, last)], log ? powersOf(all[0], lowest) : spanOf(all[0], lowest), log);
    const steps = Array.from(all, (_, i) => i);
    rest.draw(steps, all, frame, count);
    present.draw(steps, all, frame, at + 1);
    const floor = runs.floor;
    const level = floor === null ? 0 : Math.min(frame.height - 26, frame.y(Math.max(floor, 1e-300)));
    floorTag.show(false);
    floorLine.draw([0, last], floor === null ? [] : [floor, floor], frame, floor === null ? 0 : 2);
    const goal = `best possible ${figure(floor ?? 0)}`;
    const right = frame.width - halfOf(goal);
    if (floor !== null) floorTag.place(frame, goal, [[right, level + 20], [halfOf(goal), level + 20], [right, level - 8], [halfOf(goal), level - 8]]);
    const y = Math.max(0, Math.min(frame.height, frame.y(all[at])));
    centre(dot, frame.x(at), y);
    place.remark(exploded ? `${ended(all[count])} after ${plural(count, "step")}: loss is ${figure(all[count])}` : "");
    block(frame, frame.x(at), y);
    nowTag.show(false);
    const words = `${figure(all[at])} now`;
    if (!exploded) nowTag.place(frame, words, around([frame.x(at), y], words, frame));
    ghosts.forEach(({ path, name }, i) => {
      const old = pixels(steps, kept[i]?.losses ?? [], frame, Math.min(all.length, kept[i]?.losses.length ?? 0)).filter(([, top]) => Number.isFinite(top));
      path.draw(steps, kept[i]?.losses ?? [], frame, old.length);
      name(kept[i]?.words ?? "", old, [...pixels(steps, all, frame, at + 1)], frame);
    });
  };
}

/**
 * What a log axis shows: down to the lowest, at most nine powers of ten, and up to where an explosion is seen to rise.
 * @param {number} first
 * @param {number} lowest
 * @returns {Pair}
 */
function powersOf(first, lowest) {
  return [Math.max(lowest, first * 1e-9) / 4, Math.max(first, lowest) * 6];
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
