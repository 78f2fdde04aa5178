{
const { directionBars } = agt;
const { svg } = agt;
const { wake, widget } = agt;
const { figure } = agt;
const { centre, line, lineTag, panel, pixels, tag } = agt;
const { ended, nowOf } = agt;
const { ends, valley } = agt;
function buildOptimizers(panels, { heats }, state) {
panels.classList.add("agt-three");
const { place, draw } = valley(panels, 320, Object.values(heats).map(({ bowl }) => bowl));
const losses = panel(panels, { title: "Loss (mse, log scale)", words: "Loss against step, log scale, a line for each optimizer", xLabel: "step", height: 320 });
const bars = directionBars(panels);
const count = Math.max(...Object.values(heats).map(({ racers }) => racers.length));
const field = fieldOf(place, count);
const curves = curvesOf(losses, count);
return function paint() {
const { optimizer, share, time } = state.values;
const heat = heats[time];
const { bowl, steps, racers } = heat;
const at = stopAt(share, steps.length - 1);
const chosen = Math.max(0, racers.findIndex(({ name }) => name === optimizer));
const nows = racers.map((_, racer) => nowOf(bowl.runs, racer, at));
const now = nows[chosen];
const frame = draw(bowl, chosen, now.at, racers[chosen].name);
field(nows.map(({ errors }) => ends(errors)), heat, chosen, now.at > 0, frame);
curves(nows, heat, chosen);
bars.draw(now);
return standing(nows, heat, chosen);
};
}
function stopAt(share, last) {
const even = Math.min(last, 100) / 100;
return Math.round(even * share + (last - 100 * even) * (share / 100) ** 2);
}
function fieldOf(place, count) {
const drawn = Array.from({ length: count }, () => ({ dot: svg("circle", { class: "agt-dot", r: 5 }, place.over), label: tag(place.over, "data") }));
return function draw(spots, { racers }, chosen, begun, frame) {
const seen = spots.map(([x, y]) => ([frame.x(x), frame.y(y)]));
const taken = [seen[chosen], [frame.width / 2, frame.height / 2], [frame.width / 2, frame.height / 2 + 22]];
drawn.forEach(({ dot, label }, i) => {
const [x, y] = seen[i] ?? [-1, -1];
const inside = begun && i !== chosen && i < racers.length && x >= 0 && x <= frame.width && y >= 0 && y <= frame.height;
dot.toggleAttribute("hidden", !inside);
label.show(false);
if (!inside) return;
centre(dot, x, y);
const half = 3.9 * racers[i].name.length;
const middle = Math.max(half, Math.min(frame.width - half, x));
const under = [y + 21, y - 12].find((height) => taken.every(([tx, ty]) => Math.abs(tx - middle) > half + 46 || Math.abs(ty - height) > 17));
if (under === undefined || under < 12 || under > frame.height - 4) return;
label.show(true);
label.put(middle, under, racers[i].name);
taken.push([middle, under]);
});
};
}
function curvesOf(place, count) {
const floorLine = line(place.plot, "best");
const floorTag = tag(place.over, "best", "end");
const others = Array.from({ length: count }, () => ({ curve: line(place.plot, "data"), name: lineTag(place.over, "data") }));
const present = { curve: line(place.plot, "present"), name: lineTag(place.over, "present") };
const dot = svg("circle", { class: "agt-now", r: 5 }, place.over);
return function draw(nows, { bowl, racers, steps }, chosen) {
const least = bowl.runs.floor ?? 0;
const top = Math.max(...nows.flatMap(({ all }) => Array.from(all).filter(Number.isFinite)));
const frame = place.axes([0, steps[steps.length - 1]], [Math.max(least, top * 1e-9) / 4, top * 3], true);
const found = nows.map(({ all, at }) => pixels(steps, all, frame, at + 1));
const low = Math.min(frame.height - 20, frame.y(Math.max(least, 1e-300)));
floorLine.draw([0, steps[steps.length - 1]], [least, least], frame, least > 0 ? 2 : 0);
floorTag.put(frame.width, low + 17, `best possible ${figure(least)}`);
const taken = thinned(found.flat(), 120);
for (let x = frame.width - 150; x <= frame.width; x += 10) taken.push([x, low + 4], [x, low + 14]); // where "best possible" stands
const labels = present.name(racers[chosen].name, thinned(found[chosen], 24), taken, frame);
taken.push(...labels);
present.curve.draw(steps, nows[chosen].all, frame, nows[chosen].at + 1);
const [x, y] = found[chosen][found[chosen].length - 1];
centre(dot, x, Math.max(0, Math.min(frame.height, y)));
others.forEach(({ curve, name }, i) => {
const shown = i !== chosen && i < racers.length;
curve.draw(steps, nows[i]?.all ?? [], frame, shown ? nows[i].at + 1 : 0);
const half = 3.8 * (racers[i]?.name.length ?? 0);
let put = name(racers[i]?.name ?? "", shown ? thinned(found[i], 24) : [], taken, frame);
const middle = put[2];
if (middle && labels.some(([lx, ly]) => Math.abs(lx - middle[0]) < half + 8 && Math.abs(ly - middle[1]) < 15)) put = name("", [], taken, frame); // no room: no name
labels.push(...put);
taken.push(...put);
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
const value = `after ${words(now)}, ${name} has a loss of ${loss}`;
if (exploded) return { verdict: `${figure(steps[count])} steps, and out.`, words: `The run of ${name} ${ended(all[count])}.`, value };
if (!now) return { verdict: "At the start.", words: `The mse is ${loss}; ${goal}.`, value };
const there = racers.filter((each) => each.arrival !== null && each.arrival <= now).sort((one, other) => (one.arrival ?? 0) - (other.arrival ?? 0));
const [first, ...rest] = there.map((each) => [each.name, (each.arrival ?? 0).toLocaleString("en-US")]);
const board = first ? ` Within 1%: ${[`${first[0]} since step ${first[1]}`, ...rest.map(([who, since]) => `${who} ${since}`)].join(", ")}.` : "";
const verdict = arrival !== null && arrival <= now ? "Arrived." : arrival === null && step === steps.length - 1 ? "Not there." : "On the way.";
return { verdict, words: `After ${words(now)} ${name} has an mse of ${loss}; ${goal}.${board}`, value };
}
function words(steps) {
return steps === 1 ? "1 step" : `${steps.toLocaleString("en-US")} steps`;
}
wake("optimizers", buildOptimizers);
void widget(buildOptimizers);
}
