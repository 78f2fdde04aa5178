{
const { curvesOver } = agt;
const { keepLines, svg } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { centre, line, lineTag, panel, pixels } = agt;
const { roomy } = agt;
function buildErrors(panels, { time, speed, checked, healthy, loops }, state) {
panels.classList.add("agt-two", "agt-even");
keepLines(panels, 3, 6, 8);
partChips(panels);
const curves = curvesOver(panel(panels, { title: "The curve", words: "Speed in m/s against time in s", xLabel: "time (s)", height: 280 }), time, speed, roomy(speed, 0.4));
const losses = lossesBeside(panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale", xLabel: "step", height: 280 }), healthy.printed.length - 1);
return function paint() {
const { fault, step } = state.values;
const [bad, good] = [loops[fault], healthy].map((loop) => reachedBy(loop, speed, step));
const words = `after ${plural(step, "step")}`;
curves({ xs: time, ys: bad.preds, words }, { xs: time, ys: good.preds, words: "healthy" }, bad.preds);
losses(bad, good);
return told(loops[fault].says, checked, bad, good, step);
};
}
function partChips(panels) {
for (const group of panels.parentElement?.querySelectorAll("fieldset") ?? []) {
group.classList.add("agt-chips");
group.parentElement?.prepend(group);
}
}
function reachedBy({ printed, preds }, speed, step) {
const misses = preds.map((row) => speed.reduce((sum, each, i) => sum + (row[i] - each) ** 2, 0) / speed.length);
const end = misses.findIndex((miss, k) => !Number.isFinite(miss) || !Number.isFinite(printed[k]));
const count = end < 0 ? misses.length : end;
const at = Math.min(step, count - 1);
return { printed: printed.subarray(0, count), preds: preds[at], misses: misses.slice(0, count), at };
}
function lossesBeside(place, last) {
const rest = line(place.plot, "rest");
const lines = { healthy: line(place.plot, "best"), curve: line(place.plot, "data"), printed: line(place.plot, "present") };
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
const tags = { printed: lineTag(place.over, "present"), curve: lineTag(place.over, "data"), healthy: lineTag(place.over, "best") };
return function draw(faulty, healthy) {
const apart = faulty.misses.some((miss, k) => Math.abs(miss - faulty.printed[k]) > 0.05 * miss);
const runs = { healthy: healthy.printed, curve: apart ? faulty.misses : [], printed: faulty.printed };
const seen = Object.values(runs).flatMap((run) => Array.from(run).filter((value) => value > 0));
const steps = Array.from({ length: last + 1 }, (_, k) => k);
const frame = place.axes([0, last], [Math.min(...seen) / 2, Math.max(...seen) * 2], true);
rest.draw(steps, runs.printed, frame, runs.printed.length);
lines.healthy.draw(steps, runs.healthy, frame, runs.healthy.length);
lines.printed.draw(steps, runs.printed, frame, faulty.at + 1);
lines.curve.draw(steps, runs.curve, frame, runs.curve.length);
centre(dot, frame.x(faulty.at), frame.y(faulty.printed[faulty.at]));
const [good, curve, printed] = Object.values(runs).map((run) => pixels(steps, run, frame, run.length));
tags.printed("printed", printed, [...good, ...curve], frame);
tags.curve("of the curve", curve, [...good, ...printed], frame);
tags.healthy("healthy", good, [...curve, ...printed], frame);
};
}
function told(says, checked, faulty, healthy, step) {
const [printed, miss, good] = [faulty.printed[faulty.at], faulty.misses[faulty.at], healthy.misses[healthy.at]].map((value) => figure(value));
const found = says.map((each) => `“${each}”`).join(" and ");
const heard = `After ${plural(checked, "step")}, diagnose ${found ? `says ${found}.` : "finds nothing."}`;
const exploded = faulty.at < step ? ", the last before it explodes," : "";
const words = `After ${plural(faulty.at, "step")}${exploded} the mse of the curve is ${miss}; of the healthy one, ${good}. ${heard}`;
return { verdict: `The loop prints ${printed}.`, words, value: `after ${plural(step, "step")}, printed ${printed}, the curve has ${miss}` };
}
wake("errors", buildErrors);
void widget(buildErrors);
}
