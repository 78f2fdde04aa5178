{
const { wake, widget } = agt;
const { figure } = agt;
const { line, panel, tag } = agt;
function buildPush(panels, { pushes, answers, own, times }, state) {
const place = panel(panels, { title: "", words: "A push and its answer, second param against first", xLabel: "first param", yLabel: "second param", height: 320 });
const reach = 1.25 * Math.max(1, ...answers.flat().map(Math.abs));
const [answer, push] = ["present", "data"].map((kind) => ({ shaft: line(place.plot, kind), name: tag(place.over, kind) }));
return function paint() {
const at = state.stop("angle");
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
const [[vx, vy], [hx, hy]] = [pushes[at], answers[at]];
const side = vx * hy >= vy * hx ? 1 : -1;
show(answer, answers[at], "answer Hv", -10 * side);
show(push, pushes[at], "push v", 20 * side);
const angle = Math.acos(Math.max(-1, Math.min(1, times[at] / (Math.hypot(...answers[at]) || 1)))) * (180 / Math.PI);
const words = own[at] ? `Hv = ${figure(times[at], 3)} v. So v is an eigenvector, and ${figure(times[at], 3)} its eigenvalue.` : `the answer turns ${angle.toFixed(0)}° away from the push.`;
return { verdict: own[at] ? "On its own line:" : "Off its line:", words, value: own[at] ? `on its own line, ${figure(times[at], 3)} times` : `turned by ${angle.toFixed(0)}°` };
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
