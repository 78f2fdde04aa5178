(() => {



const KEY = "autograd_tutorial/answers";
const here = document.body.dataset.page ?? "";

let last = {}; // for a browser that keeps nothing

function kept() {
try {
return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
} catch {
return last;
}
}

function keep(answers) {
last = { ...kept(), [here]: answers };
try {
localStorage.setItem(KEY, JSON.stringify(last));
} catch {}
tellProgress();
}

function make(tag, attributes, ...inside) {
const made = document.createElement(tag);
for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
made.append(...inside);
return made;
}

const words = (html) => document.createRange().createContextualFragment(html);

function choices(question, label, buttons, isRight, say) {
const group = make("div", { role: "group", "aria-label": label, class: "choices" }, ...buttons);
const verdict = make("p", { role: "status", class: "verdict" });

const show = (k) => {
buttons.forEach((each, at) => {
each.setAttribute("aria-pressed", String(at === k));
each.dataset.judged = at !== k ? "" : isRight(k) ? "right" : "wrong";
});
verdict.replaceChildren(...say(k));
};
buttons.forEach((each, k) => each.addEventListener("click", () => (show(k), keep({ ...kept()[here], [question]: k }))));
oneStop(buttons, "Arrow keys lead to the other choices");
const before = kept()[here]?.[question];
if (before !== undefined && before in buttons) show(before);
return [group, verdict];
}

function predict(box) {
const fold = (box.querySelector("details"));
const answer = (fold.querySelector("p"));
const right = Number(box.dataset.right);
const items = [...box.querySelectorAll("li")];
const names = items.map((each) => each.textContent ?? "");
const buttons = items.map((each) => make("button", { type: "button", class: "choice" }, ...each.childNodes));
const said = choices(`p ${box.dataset.cell}`, "Your prediction", buttons, (k) => k === right, (k) => {
fold.hidden = true;
return [make("strong", {}, k === right ? "Right." : `Not ${names[k]}.`), " ", ...answer.cloneNode(true).childNodes];
});
box.querySelector("ul")?.replaceWith(...said);
}

function exercise(box) {
const bytes = Uint8Array.from(atob(box.dataset.told ?? ""), (each) => each.charCodeAt(0));
const told = (JSON.parse(new TextDecoder().decode(bytes)));
const isLine = told.choices.every(({ code }) => !code.includes("\n"));
const buttons = told.choices.map(({ code }) => make("button", { type: "button", class: isLine ? "choice line" : "choice code" }, make("code", {}, code)));
const said = choices(`e ${box.dataset.cell}`, told.ask, buttons, (k) => told.choices[k].right, (k) => [words(told.choices[k].said)]);
const ways = make("p", { class: "ways-on" });
for (const [name, tell] of ([
["Hint", () => make("p", {}, words(told.hint))],
["Solution", () => make("pre", {}, make("code", {}, told.solution))],
])) {
const fold = make("details", {}, make("summary", {}, name));
fold.addEventListener("toggle", () => fold.append(tell()), { once: true });
said.push(fold);
}
const colab = (document.querySelector("a[href*='colab.research']"));
if (colab) ways.append(make("a", { href: `${colab.href}#scrollTo=${box.dataset.cell ?? ""}` }, "Write it yourself, in Colab"));
box.replaceChildren(make("p", { class: "asked" }, told.ask), ...said, ways);
}
function tellProgress() {
const all = kept();
for (const place of (document.querySelectorAll("[data-answers]"))) {
const answered = Object.keys(all[place.dataset.answers ?? ""] ?? {});
const told = ["predictions", "exercises"].map((kind) => {
const all = Number(place.dataset[kind]);
return `${Math.min(all, answered.filter((each) => each[0] === kind[0]).length)} of ${all} ${kind}`; // some may be gone since
});
place.textContent = told.join(", ");
}
}
// The overview: beside each lesson, what of it is answered.
const asked = (document.getElementById("asked"));
for (const each of (asked?.content.querySelectorAll("span") ?? [])) {
if (!Object.keys(kept()[each.dataset.answers ?? ""] ?? {}).length) continue;
document.querySelector(`main ol a[href='${each.dataset.answers}.html']`)?.parentElement?.append(make("br", {}), each);
}
document.getElementById("forget")?.addEventListener("click", () => {
keep({});
location.reload();
});
document.querySelectorAll(".agt-prediction").forEach((each) => predict((each)));
document.querySelectorAll(".agt-exercise").forEach((each) => exercise((each)));
tellProgress();
})();
