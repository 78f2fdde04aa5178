/** @typedef {{time: number[], speed: number[]}} Measured */

/**
 * Points that a hand may pull: what is pulled stands in the state, as "3:2.5:40 7:9:-1", the point, its time, its speed.
 * @param {import("./state.js").State} state
 * @param {Measured} given
 */
export function pulling(state, { time, speed }) {
  state.hold("pulled", (text) => text.split(" ").every((each) => {
    const [i, ...place] = each.split(":").map(Number);
    return place.length === 2 && i in time && place.every((value) => Math.abs(value) < 1e9);
  }));
  const pulled = () => String(state.values.pulled).split(" ").filter(Boolean).map((each) => each.split(":").map(Number));
  return {
    /** Where the points are now. @returns {Measured} */
    now() {
      const moved = { time: [...time], speed: [...speed] };
      for (const [i, t, s] of pulled()) [moved.time[i], moved.speed[i]] = [t, s];
      return moved;
    },
    /** @type {import("./panel.js").Hold} */
    hold: {
      begin: () => state.mark(),
      to: (index, t, s) => {
        const rest = pulled().filter(([i]) => i !== index);
        const [at, up] = [t, s].map((each) => Number(each.toPrecision(6)));
        const all = [...rest, [index, at, up]];
        state.set("pulled", all.map((each) => each.join(":")).join(" "));
      },
    },
  };
}
