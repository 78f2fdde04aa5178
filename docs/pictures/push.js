{
const { wake, widget } = agt;
const { figure } = agt;
const { line, panel, tag } = agt;
function buildPush(panels, { H, answers }, state) {
const place = panel(panels, { title: "", words: "A push and its answer, second param against first", xLabel: "first param", yLabel: "second param", height: 320 });
const reach = 1.25 * Math.max(1, ...answers.flat().map(Math.abs));
const [answer, push] = ["present", "data"].map((kind) => ({ shaft: line(place.plot, kind), name: tag(place.over, kind) }));
state.free.add("angle");
return function paint() {
const turn = (state.values.angle * Math.PI) / 180;
const [vx, vy] = [Math.cos(turn), Math.sin(turn)];
const between = state.between("angle");
const [hx, hy] = between ? H.map(([a, b]) => a * vx + b * vy) : answers[state.stop("angle")];
const { width, height } = place.size();
const frame = place.axes([(-reach * width) / height, (reach * width) / height], [-reach, reach]);
const show = (arrow, [x, y], words, aside) => {
arrow.shaft.draw(...arrowTo([x, y], (12 * reach) / height), frame);
const far = Math.hypot(x, y) || 1;
const [right, down] = [(x * 14 + y * aside) / far, (x * aside - y * 14) / far];
const half = words.length * 3.9;
const left = frame.x(x) + right + (right / Math.hypot(right, down)) * half;
arrow.name.put(Math.max(half, Math.min(width - half, left)), Math.max(12, Math.min(height - 4, frame.y(y) + down + 4)), words);
};
const [along, across] = [vx * hx + vy * hy, vx * hy - vy * hx];
const side = across >= 0 ? 1 : -1;
show(answer, [hx, hy], "answer Hv", -10 * side);
show(push, [vx, vy], "push v", 20 * side);
const times = figure(along, 3);
const angle = `${figure((Math.atan2(Math.abs(across), along) * 180) / Math.PI, 2)}°`;
const own = between ? "Computed in this page, in float64." : "";
if (Math.abs(across) >= 1e-9 * reach) return { verdict: "Off its line:", words: `the answer turns ${angle} away from the push.`, value: `turned by ${angle}`, own };
return { verdict: "On its own line:", words: `Hv = ${times} v. So v is an eigenvector, and ${times} its eigenvalue.`, value: `on its own line, ${times} times`, own };
};
}
function arrowTo([x, y], size) {
const far = Math.hypot(x, y) || 1;
const [ux, uy] = [(x / far) * size, (y / far) * size];
const barbs = [-1, 1].map((side) => [x - ux - (side * uy) / 2, y - uy + (side * ux) / 2]);
return [[0, x, barbs[0][0], x, barbs[1][0]], [0, y, barbs[0][1], y, barbs[1][1]]];
}
wake("push", buildPush);
void widget(buildPush);
}
