const ROOT = document.body.dataset.root ?? "";
const page = document.documentElement;

function load(path) {
return new Promise((resolve, reject) => {
const script = document.createElement("script");
script.src = ROOT + path;
script.onload = resolve;
script.onerror = () => reject(new Error(`${path} cannot be loaded`));
document.head.append(script);
});
}
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (page.dataset.theme ? page.dataset.theme === "dark" : system.matches);
const dark = (document.getElementById("dark"));
const showTheme = () => dark.setAttribute("aria-pressed", String(isDark()));
dark.addEventListener("click", () => {
const chosen = isDark() ? "light" : "dark";
page.dataset.theme = (chosen === "dark") === system.matches ? "" : chosen;
try {
if (page.dataset.theme) localStorage.setItem("autograd_tutorial/theme", chosen);
else localStorage.removeItem("autograd_tutorial/theme");
} catch {} // a browser that keeps nothing forgets the choice
showTheme();
});
system.addEventListener("change", showTheme);
showTheme();
document.getElementById("contents")?.addEventListener("click", (event) => {
const menu = (event.currentTarget);
if (event.target instanceof HTMLAnchorElement && menu.matches(":popover-open")) menu.hidePopover();
});

function oneStop(buttons, how) {
buttons.forEach((each, at) => {
each.tabIndex = at ? -1 : 0;
each.setAttribute("aria-description", how);
each.addEventListener("focus", () => buttons.forEach((one) => (one.tabIndex = one === each ? 0 : -1)));
each.addEventListener("keydown", (event) => {
const next = buttons[at + ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key] ?? NaN)];
if (!next) return;
event.preventDefault();
next.focus();
});
});
}
function equipCode() {

const copies = [];
for (const block of document.querySelectorAll("main .code:not(.cell-output *)")) {
const copy = document.createElement("button");
Object.assign(copy, { type: "button", className: "copy", textContent: "Copy" });
copies.push(copy);
const code = (block.querySelector("code"));
copy.addEventListener("click", async () => {
const copied = await navigator.clipboard?.writeText(code.textContent ?? "").then(() => true, () => false);
if (!copied) getSelection()?.selectAllChildren(code);
copy.textContent = copied ? "Copied" : "Selected";
setTimeout(() => (copy.textContent = "Copy"), 1500);
});
block.append(copy);
}
oneStop(copies, "Up and Down lead to the code before and after");
const reach = new ResizeObserver((entries) => {
for (const { target } of entries) {
const scrolls = target.scrollWidth > target.clientWidth + 1;
for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "scrolls sideways"]]) {
if (scrolls) target.setAttribute(name, value);
else target.removeAttribute(name);
}
}
});
for (const box of document.querySelectorAll("main pre, main .wide, main .cell-output:has(> table), main .math.block")) reach.observe(box);
}

const folds = () => [...document.querySelectorAll("main details:not(.agt-exercise *)")].map((each) => (each));
const unfold = document.getElementById("unfold");
const allOpen = () => folds().every((each) => each.open);
unfold?.addEventListener("click", () => {
const open = !allOpen();
folds().forEach((each) => (each.open = open));
});
addEventListener("toggle", () => unfold && (unfold.textContent = allOpen() ? "Fold all answers" : "Unfold all answers"), true);

let opened = [];
addEventListener("beforeprint", () => (opened = folds().filter((each) => !each.open)).forEach((each) => (each.open = true)));
addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));
const film = (document.getElementById("film"));
const stop = document.getElementById("stop");
for (const each of [film, stop]) {
each?.addEventListener("click", () => {
if (!film || !stop) return;
const stopping = !film.src.endsWith("#still");
film.src = stopping ? `${film.src}#still` : film.src.replace("#still", "");
stop.textContent = stopping ? "Play the film again" : "Stop the film";
});
}
async function wakePictures() {
const pictures = (document.querySelectorAll(".agt-saved"));
if (pictures.length) await load("pictures/kit.js"); // which all of them share
for (const picture of pictures) {
await load(`pictures/${picture.id}.js`);
await load(`pictures/${picture.dataset.picture}.js`);
}
}
addEventListener("load", () => setTimeout(() => (equipCode(), wakePictures()))); // after the first paint

let search = null;
async function ask() {
search ??= load("site/search.js");
await search.then(() => openSearch(), () => (search = null)); // a script that was not there is asked for again
}
document.getElementById("ask")?.addEventListener("click", ask);
addEventListener("keydown", (event) => {
const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
event.preventDefault();
ask();
});
