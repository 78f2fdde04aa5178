import { svg } from "./kit/dom.js";
import { wake, widget } from "./kit/host.js";
import { figure } from "./kit/numbers.js";
import { line, lineTag, panel, pixels } from "./kit/panel.js";

/** @typedef {{xs: number[], ys: number[], low: number, high: number}} Curve */

/** @type {import("./kit/host.js").Build<Curve, {x: number, h: number}>} */
function buildTangent(panels, spec, arrays, state) {
  const { xs, ys, low, high } = spec.data;
  const place = panel(panels, { title: "", words: "A curve with its tangent and a secant, y against x", xLabel: "x", yLabel: "y", height: 300 });
  const curve = line(place.plot, "data");
  const tangent = line(place.plot, "best");
  const secant = line(place.plot, "present");
  const ends = [0, 1].map(() => svg("circle", { class: "agt-open", r: 5 }, place.over));
  const tangentTag = lineTag(place.over, "best");
  const secantTag = lineTag(place.over, "present");
  const width = arrays.rise.length / arrays.value.length;

  return function paint() {
    const at = state.values.x;
    const x = state.number("x");
    const h = state.number("h");
    const [value, slope, rise] = [arrays.value[at], arrays.slope[at], arrays.rise[at * width + state.values.h]];
    const frame = place.axes([xs[0], xs[xs.length - 1]], [low, high]);
    const through = (/** @type {number} */ by) => xs.map((each) => value + by * (each - x));
    curve.draw(xs, ys, frame);
    tangent.draw(xs, through(slope), frame);
    secant.draw(xs, through(rise), frame);
    [[x, value], [x + h, value + rise * h]].forEach(([cx, cy], i) => {
      ends[i].setAttribute("cx", frame.x(cx).toFixed(1));
      ends[i].setAttribute("cy", frame.y(cy).toFixed(1));
    });
    const marks = pixels(xs, ys, frame, xs.length);
    const [one, other] = [slope, rise].map((by) => pixels(xs, through(by), frame, xs.length));
    const taken = tangentTag("tangent", one, [...marks, ...other], frame);
    secantTag("secant", other, [...marks, ...one, ...taken], frame);
    const words = `the secant rises by ${figure(rise)}, the tangent by ${figure(slope)}, for each 1 to the right.`;
    return { verdict: `At x = ${x.toFixed(2)}`, words, value: `secant ${figure(rise)}, tangent ${figure(slope)}` };
  };
}

wake("gradients", buildTangent);
export default widget(buildTangent);
