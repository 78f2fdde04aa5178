{
const { directionBars } = agt;
const { keepLines, svg } = agt;
const { wake, widget } = agt;
const { figure, plural } = agt;
const { around, block, centre, halfOf, line, lineTag, panel, pixels, tag } = agt;
const { ended, HERE, nowOf } = agt;
const { ends, startOf, valley } = agt;
function buildOptimizers(panels, { heats }, state) {
panels.classList.add("agt-three");
keepLines(panels, 2, 4, 5);
const known = Object.values(heats).every(({ racers }) => racers.every(({ rule }) => rule));
const { place, draw } = valley(panels, 320, Object.values(heats).map(({ bowl }) => bowl), known ? state : undefined);
const losses = panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale, a line for each optimizer", xLabel: "step", height: 320 });
const bars = directionBars(panels);
const count = Math.max(...Object.values(heats).map(({ racers }) => racers.length));
const field = fieldOf(place, count);
const curves = curvesOf(losses, count);
const stepAt = (stop) => {
const { steps } = heats[state.values.time];
return steps[stopAt(stop, steps.length - 1)];
};
const gapAt = (stop) => stepAt(Math.min(100, stop + 1)) - stepAt(stop);
const of = (share) => Math.round(stepAt(Math.floor(share)) + (share % 1) * gapAt(Math.floor(share)));
const back = (step) => {
let stop = 99;
while (stop && stepAt(stop) > step) stop -= 1;
return stop + (gapAt(stop) ? (step - stepAt(stop)) / gapAt(stop) : 1);
};
state.reads.set("share", { of, back });
if (known && !state.kernel) state.free.add("share");
let raced = { key: "", heat: heats.raw };
return function paint() {
const { optimizer, share, time, start } = state.values;
const given = heats[time];
const step = of(share);
const more = given.steps.includes(step) ? [] : [step];
const here = !!start || more.length > 0;
const key = `${time} ${start} ${more}`;
if (here && raced.key !== key) raced = { key, heat: racedHere(given, startOf(given.bowl.runs, start), more) };
const heat = here ? raced.heat : given;
const { bowl, steps, racers } = heat;
const at = steps.indexOf(step);
const chosen = Math.max(0, racers.findIndex(({ name }) => name === optimizer));
const nows = racers.map((_, racer) => nowOf(bowl.runs, racer, at));
const now = nows[chosen];
draw(bowl, chosen, now.at, racers[chosen].name, (frame) => field(nows.map(({ errors }) => ends(errors)), heat, chosen, now.at > 0, frame));
curves(nows, heat, chosen);
bars.draw(now);
return { ...standing(nows, heat, chosen), own: here ? HERE : "" };
};
}
function racedHere({ bowl, steps: given, racers, turn }, start, more) {
const { runs } = bowl;
const steps = [...given, ...more].sort((one, other) => one - other);
const floor = runs.floor ?? 0;
const lossAt = (e) => e.reduce((sum, each, k) => sum + (runs.directions[k].curvature * each * each) / 2, floor);
const goal = floor > 1e-12 * lossAt(start) ? 1.01 ** 2 * floor : 1e-7 * lossAt(start);
const found = racers.map(({ rule, settings }) => {
const next = RULES[rule ?? "Descent"](settings, start.length);
const errors = start.map(() => new Float64Array(steps.length));
const losses = new Float64Array(steps.length);
let [e, arrival] = [start, 0];
for (let step = 0, kept = 0; kept < steps.length; step++) {
const loss = lossAt(e);
if (!(loss <= goal)) arrival = step + 1;
if (step === steps[kept]) {
losses[kept] = loss;
errors.forEach((along, k) => (along[kept] = e[k]));
kept += 1;
}
const slopes = turn.map((row) => row.reduce((sum, each, k) => sum + each * runs.directions[k].curvature * e[k], 0));
const by = next(slopes);
e = e.map((each, k) => each - settings[0] * turn.reduce((sum, row, j) => sum + row[k] * by[j], 0));
}
return { losses, errors, arrival: arrival > steps[steps.length - 1] ? null : arrival };
});
return {
bowl: {
...bowl,
runs: {
...runs,
losses: found.map(({ losses }) => losses),
errors: start.map((_, k) => found.map(({ errors }) => errors[k])),
directions: runs.directions.map((each, k) => ({ ...each, start: start[k] })),
},
},
steps,
turn,
racers: racers.map((racer, i) => ({ ...racer, arrival: found[i].arrival })),
};
}
const RULES = {
Descent: () => (slopes) => slopes,
Momentum: ([, beta], count) => {
let speed = new Array(count).fill(0);
return (slopes) => (speed = speed.map((each, k) => beta * each + slopes[k]));
},
Nesterov: ([, beta], count) => {
let speed = new Array(count).fill(0);
return (slopes) => {
speed = speed.map((each, k) => beta * each + slopes[k]);
return slopes.map((slope, k) => slope + beta * speed[k]);
};
},
Adam: ([, first, second, eps], count) => {
let [mean, square, steps] = [new Array(count).fill(0), new Array(count).fill(0), 0];
return (slopes) => {
steps += 1;
mean = mean.map((each, k) => first * each + (1 - first) * slopes[k]);
square = square.map((each, k) => second * each + (1 - second) * slopes[k] ** 2);
return mean.map((each, k) => each / (1 - first ** steps) / (Math.sqrt(square[k] / (1 - second ** steps)) + eps));
};
},
};
function stopAt(share, last) {
const even = Math.min(last, 100) / 100;
return Math.round(even * share + (last - 100 * even) * (share / 100) ** 2);
}
const MARKS = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", "M-4.5 -4.5h9v9h-9z", "M0 -6l6 10.5h-12z", "M0 -6.5l6.5 6.5l-6.5 6.5l-6.5 -6.5z"];
function look(racer) {
return `rival-${racer % MARKS.length}`;
}
function fieldOf(place, count) {
const drawn = Array.from({ length: count }, (_, i) => ({
mark: svg("path", { class: `agt-mark agt-${look(i)}`, d: MARKS[i % MARKS.length] }, place.over),
label: tag(place.over, look(i)),
}));
return function draw(spots, { racers }, chosen, begun, frame) {
const seen = spots.map(([x, y]) => ([frame.x(x), frame.y(y)]));
const shown = drawn.map(({ mark, label }, i) => {
const [x, y] = seen[i] ?? [-1, -1];
const inside = begun && i !== chosen && i < racers.length && x >= 0 && x <= frame.width && y >= 0 && y <= frame.height;
mark.toggleAttribute("hidden", !inside);
if (inside) mark.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
label.show(false);
if (inside) block(frame, x, y);
return inside;
});
shown.forEach((inside, i) => inside && drawn[i].label.place(frame, racers[i].name, around(seen[i], racers[i].name, frame, 1)));
};
}
function curvesOf(place, count) {
const floorLine = line(place.plot, "best");
const floorTag = tag(place.over, "best");
const others = Array.from({ length: count }, (_, i) => ({ curve: line(place.plot, look(i)), name: lineTag(place.over, look(i)) }));
const present = { curve: line(place.plot, "present"), name: lineTag(place.over, "present") };
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
return function draw(nows, { bowl, racers, steps }, chosen) {
const least = bowl.runs.floor ?? 0;
const top = Math.max(...nows.flatMap(({ all }) => Array.from(all).filter(Number.isFinite)));
const frame = place.axes([0, steps[steps.length - 1]], [Math.max(least, top * 1e-9) / 4, top * 3], true);
const found = nows.map(({ all, at }) => pixels(steps, all, frame, at + 1));
const low = Math.min(frame.height - 26, frame.y(Math.max(least, 1e-300)));
floorLine.draw([0, steps[steps.length - 1]], [least, least], frame, least > 0 ? 2 : 0);
const goal = `best possible ${figure(least)}`;
const [x, y] = found[chosen][found[chosen].length - 1];
const height = Math.max(0, Math.min(frame.height, y));
block(frame, x, height);
floorTag.place(frame, goal, [[frame.width - halfOf(goal), low + 20], [halfOf(goal), low + 20]]);
const marks = thinned(found.flat(), 120);
present.name(racers[chosen].name, thinned(found[chosen], 24), marks, frame);
present.curve.draw(steps, nows[chosen].all, frame, nows[chosen].at + 1);
centre(dot, x, height);
others.forEach(({ curve, name }, i) => {
const shown = i !== chosen && i < racers.length;
curve.draw(steps, nows[i]?.all ?? [], frame, shown ? nows[i].at + 1 : 0);
name(racers[i]?.name ?? "", shown ? thinned(found[i], 24) : [], marks, frame);
});
place.remark(racers[chosen].how);
};
}
function thinned(points, count) {
const every = Math.max(1, Math.ceil(points.length / count));
return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
function standing(nows, { bowl, racers, steps }, chosen) {
const { all, at, count, exploded, step } = nows[chosen];
const [now, { name, arrival }] = [steps[step], racers[chosen]];
const loss = figure(all[at]);
const goal = `the best possible is ${figure(bowl.runs.floor ?? 0)}`;
const value = `${name} has a loss of ${loss}`;
if (exploded) {
const out = `${ended(all[count])} within ${plural(steps[count], "step")}`;
return { verdict: `${out[0].toUpperCase()}${out.slice(1)}.`, words: `The loss of ${name} is ${figure(all[count])}.`, value: `${name} ${out}` };
}
if (!now) return { verdict: "At the start.", words: `The mse is ${loss}; ${goal}.`, value };
const there = racers.filter((each) => each.arrival !== null && each.arrival <= now).sort((one, other) => (one.arrival ?? 0) - (other.arrival ?? 0));
const [first, ...rest] = there.map((each) => [each.name, (each.arrival ?? 0).toLocaleString("en-US")]);
const board = first ? ` Within 1%: ${[`${first[0]} since step ${first[1]}`, ...rest.map(([who, since]) => `${who} ${since}`)].join(", ")}.` : "";
const verdict = arrival !== null && arrival <= now ? "Arrived." : arrival === null && step === steps.length - 1 ? "Not there." : "On the way.";
return { verdict, words: `After ${plural(now, "step")} ${name} has an mse of ${loss}; ${goal}.${board}`, value };
}
wake("optimizers", buildOptimizers);
void widget(buildOptimizers);
}
