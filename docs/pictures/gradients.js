{
const { keepLines, svg } = agt;
const { wake, widget } = agt;
const { figure } = agt;
const { block, centre, line, lineTag, panel, pixels } = agt;
function buildTangent(panels, data, state) {
const { xs, ys, low, high, powers } = data;
const [middle, half] = [1, -1].map((sign) => (xs[xs.length - 1] + sign * xs[0]) / 2);
const computed = (x, u = (x - middle) / half) => (powers ?? []).reduceRight(([y, dy], each) => [y * u + each, dy * u + y / half], [0, 0]);
for (const name of powers ? ["x", "h"] : []) state.free.add(name);
keepLines(panels, 2, 3, 3);
const place = panel(panels, { title: "", words: "A curve with its tangent and a secant, y against x", xLabel: "x", yLabel: "y", height: 300 });
const curve = line(place.plot, "data");
const tangent = line(place.plot, "best");
const secant = line(place.plot, "present");
const ends = [0, 1].map(() => svg("circle", { class: "agt-open", r: 5 }, place.over));
const tangentTag = lineTag(place.over, "best");
const secantTag = lineTag(place.over, "present");
return function paint() {
const { x, h } = state.values;
const at = state.stop("x");
const between = state.between("x");
const own = between || state.between("h");
const [value, slope] = own ? computed(x) : [data.value[at], data.slope[at]];
const rise = own ? (computed(x + h)[0] - value) / h : data.rise[at][state.stop("h")];
const frame = place.axes([xs[0], xs[xs.length - 1]], [low, high]);
const through = (by) => xs.map((each) => value + by * (each - x));
curve.draw(xs, ys, frame);
tangent.draw(xs, through(slope), frame);
secant.draw(xs, through(rise), frame);
[[x, value], [x + h, value + rise * h]].forEach(([cx, cy], i) => centre(ends[i], frame.x(cx), frame.y(cy)));
const marks = pixels(xs, ys, frame, xs.length);
const [one, other] = [slope, rise].map((by) => pixels(xs, through(by), frame, xs.length));
for (const end of [x, x + h]) block(frame, frame.x(end), frame.y(value + rise * (end - x)), 5);
const apart = Math.max(...[0, xs.length - 1].map((i) => Math.abs(one[i][1] - other[i][1]))) > 4;
tangentTag(apart ? "tangent" : "tangent, under the secant", one, [...marks, ...other], frame);
secantTag(apart ? "secant" : "", apart ? other : [], [...marks, ...one], frame);
const words = `the secant rises by ${figure(rise)}, the tangent by ${figure(slope)}, for each 1 to the right.`;
return { verdict: `At x = ${between ? Number(x.toPrecision(6)) : x.toFixed(2)}`, words, value: `secant ${figure(rise)}, tangent ${figure(slope)}`, own: own ? "Computed in this page, in float64." : "" };
};
}
wake("gradients", buildTangent);
void widget(buildTangent);
}
