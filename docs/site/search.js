

let dialog = null;

let library = null;
function openSearch() {
dialog ??= makeSearch();
dialog.showModal();
dialog.querySelector("input")?.select();
books();
}

function books() {
library ??= load("site/lunr.js").then(() => load("site/words.js")).then(makeIndex).catch(() => (library = null));
return library;
}

function makeIndex() {
const { lunr, siteWords } = (window);
const split = (token) => [token, ...token.toString().split("_").filter(Boolean).map((part) => token.clone(() => part))];
lunr.Pipeline.registerFunction(split, "split");
lunr.tokenizer.separator = /[^\p{L}\p{N}_]+/u;
const index = lunr((made) => {
made.pipeline.reset();
made.searchPipeline.reset();
made.pipeline.add(split);
for (const field of ["title", "section", "text"]) made.field(field);
siteWords.forEach((entry, at) => made.add({ ...entry, id: at }));
made.ref("id");
});
const asked = (word, how) =>
index.query((query) => query.term(word, how)).map(({ ref }) => Number(ref))
.sort((one, other) => one - other) // as they are read
.map((at) => siteWords[at]);
const around = lunr.Query.wildcard.LEADING | lunr.Query.wildcard.TRAILING;
return (word) => {
const exact = asked(word, { wildcard: around });
return exact.length ? exact : asked(word, { editDistance: word.length > 7 ? 2 : word.length > 3 ? 1 : 0 });
};
}
function makeSearch() {
const made = document.createElement("dialog");
made.className = "search";
made.setAttribute("aria-label", "Search");
const input = document.createElement("input");
Object.assign(input, { type: "search", placeholder: "Search text, code and captions" });
input.setAttribute("aria-label", "Search text, code and captions");
const status = document.createElement("p");
status.setAttribute("role", "status");
const list = document.createElement("ol");
const close = document.createElement("button");
Object.assign(close, { type: "button", className: "bar-button", textContent: "Close" });
close.addEventListener("click", () => made.close());
made.append(input, close, status, list);
document.body.append(made);
input.addEventListener("input", () => find(input.value, status, list));
made.addEventListener("click", (event) => {
if (event.target === made || (event.target instanceof Element && event.target.closest("a"))) made.close();
});
made.addEventListener("keydown", (event) => {
if (event.key === "Escape") return made.close();
if (event.key === "Enter" && event.target === input) return list.querySelector("a")?.click();
const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
if (!by) return;
event.preventDefault();
const stops = [input, ...list.querySelectorAll("a")];
const at = stops.indexOf((document.activeElement));
stops[(at + by + stops.length) % stops.length].focus();
});
return made;
}

async function find(query, status, list) {
const words = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter((word) => word.length > 1);
const places = await books();
if (!places) return void (status.textContent = "The search cannot be loaded; the next letter tries again");
if (query !== (dialog?.querySelector("input")).value) return;

const scores = new Map();
for (const word of words) {
const hits = places(word);
for (const item of hits) {
const heads = `${item.title} ${item.section}`.toLowerCase().includes(word) ? 1.1 : 1;
scores.set(item, (scores.get(item) ?? 0) + heads / Math.sqrt(hits.length)); // rare words say more
}
}
const most = Math.max(...scores.values());
const found = [...scores].filter(([, score]) => score > 0.6 * most).sort((one, other) => other[1] - one[1]);
status.textContent = words.length ? `${found.length || "No"} ${found.length === 1 ? "place" : "places"}` : query.trim() && "Two letters or more";
list.replaceChildren(...found.slice(0, 20).map(([entry]) => result(entry, words)));
}

function result(entry, words) {
const item = document.createElement("li");
const link = document.createElement("a");
const text = entry.text;
const at = [words.join(" "), ...words.toSorted((one, other) => other.length - one.length)].find((word) => text.toLowerCase().includes(word.toLowerCase()));
const start = at ? text.toLowerCase().indexOf(at.toLowerCase()) : 0;
const shown = at ? text.slice(start, start + at.length) : "";
link.href = `${ROOT}${entry.href}${shown ? `${entry.href.includes("#") ? "" : "#"}:~:text=${encodeURIComponent(shown).replaceAll("-", "%2D")}` : ""}`;
const name = document.createElement("strong");
name.textContent = entry.section ? `${entry.title}: ${entry.section}` : entry.title;
const piece = document.createElement("span");
const from = Math.max(0, start - 50);
mark(piece, `${from ? "…" : ""}${text.slice(from, from + 150)}…`, words);
link.append(name, piece);
item.append(link);
return item;
}

function mark(parent, text, words) {
const pattern = new RegExp(`(${words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
text.split(pattern).forEach((part, i) => {
const made = i % 2 ? document.createElement("mark") : document.createTextNode(part);
if (i % 2) made.textContent = part;
parent.append(made);
});
}
