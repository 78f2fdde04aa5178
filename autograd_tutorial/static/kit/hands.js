/** @typedef {{time: number[], speed: number[]}} Measured */

/**
 * Points that a hand may pull: what is pulled stands in the state, as "3:2.5:40 7:9:-1", the point, its time, its speed.
 * @param {import("./state.js").State} state
 * @param {Measured} given
 */
export function pulling(state, { time, speed }) {
  const near = [time, speed].map((all) => [Math.min(...all), Math.max(...all)]).map(([low, high]) => (/** @type {number} */ value) => Math.abs(value - low) <= 10 * (high - low || 1));
  state.hold("pulled", (text) => {
    const places = text.split(" ").map((each) => each.split(":").map((part) => (part ? Number(part) : NaN)));
    const times = [...time];
    for (const [i, t] of places) times[i] = t;
    return places.every(([i, t, s, ...more]) => i in speed && near[0](t) && near[1](s) && !more.length) && new Set(times).size > 1;
  });
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
