// What moves on every page: theme, copying, folding, search, and live pictures that load when they are near.

const ROOT = document.body.dataset.root ?? "";
const page = document.documentElement;
/**
 * Load a script of this site once; a `<script>` works from `file:` too, where fetch does not.
 * @param {string} path
 * @returns {Promise<unknown>}
 */
function load(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = ROOT + path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} cannot be loaded`));
    document.head.append(script);
  });
}

// Theme: follows the system until the reader chooses the other one.
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (page.dataset.theme ? page.dataset.theme === "dark" : system.matches);
const dark = /** @type {HTMLButtonElement} */ (document.getElementById("dark"));
const showTheme = () => dark.setAttribute("aria-pressed", String(isDark()));
dark.addEventListener("click", () => {
  const chosen = isDark() ? "light" : "dark";
  page.dataset.theme = (chosen === "dark") === system.matches ? "" : chosen;
  try {
    if (page.dataset.theme) localStorage.setItem("theme", chosen);
    else localStorage.removeItem("theme");
  } catch {} // a browser that keeps nothing forgets the choice
  showTheme();
});
system.addEventListener("change", showTheme);
showTheme();

// Contents: a chosen section closes the menu that a narrow page opens.
document.getElementById("contents")?.addEventListener("click", (event) => {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.target instanceof HTMLAnchorElement && menu.matches(":popover-open")) menu.hidePopover();
});

// Code: a button that copies; what scrolls can be reached by keyboard.
for (const block of document.querySelectorAll("main .code")) {
  const copy = document.createElement("button");
  Object.assign(copy, { type: "button", className: "copy", textContent: "Copy" });
  const code = /** @type {Element} */ (block.querySelector("code"));
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(code.textContent ?? "").then(() => true, () => false);
    if (!copied) getSelection()?.selectAllChildren(code);
    copy.textContent = copied ? "Copied" : "Selected";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  block.append(copy);
}
const reach = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth + 1) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll("main pre, main .wide, main .formula")) reach.observe(box);

// Folds: all at once for whoever wants to read on, and for paper.
const folds = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("main details"));
const unfold = document.getElementById("unfold");
const allOpen = () => [...folds].every((each) => each.open);
unfold?.addEventListener("click", () => {
  const open = !allOpen();
  folds.forEach((each) => (each.open = open));
});
folds.forEach((each) => each.addEventListener("toggle", () => unfold && (unfold.textContent = allOpen() ? "Fold all answers" : "Unfold all answers")));
addEventListener("beforeprint", () => folds.forEach((each) => (each.open = true)));

// Live pictures: data and front end come when the text is there, one picture after the other.
async function wakePictures() {
  for (const picture of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".agt-saved"))) {
    await load(`pictures/${picture.id}.js`);
    await load(`pictures/${picture.dataset.picture}.js`);
  }
}
addEventListener("load", () => setTimeout(wakePictures));

// Search: the words come with the first question.
/** @typedef {{title: string, section: string, href: string, text: string}} Entry */
/** @type {HTMLDialogElement | null} */
let dialog = null;
/** @type {Promise<any> | null} */
let library = null;
document.getElementById("ask")?.addEventListener("click", openSearch);
addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  openSearch();
});

function openSearch() {
  dialog ??= makeSearch();
  dialog.showModal();
  dialog.querySelector("input")?.select();
  library ??= load("site/fuse.js").then(() => load("site/words.js")).then(() => {
    const { Fuse, siteWords } = /** @type {any} */ (window);
    const keys = [{ name: "title", weight: 3 }, { name: "section", weight: 2 }, { name: "text", weight: 1 }];
    return new Fuse(siteWords, { keys, useExtendedSearch: true, ignoreLocation: true, ignoreFieldNorm: true, threshold: 0.2 });
  });
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
  made.append(input, status, list);
  document.body.append(made);
  input.addEventListener("input", () => find(input.value, status, list));
  made.addEventListener("click", (event) => {
    if (event.target === made || (event.target instanceof Element && event.target.closest("a"))) made.close();
  });
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return made.close();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(/** @type {any} */ (document.activeElement));
    stops[(at + by + stops.length) % stops.length].focus();
  });
  return made;
}

/**
 * @param {string} query
 * @param {HTMLElement} status
 * @param {HTMLElement} list
 */
async function find(query, status, list) {
  const words = query.replaceAll(/["|]/g, " ").trim().split(/\s+/).filter(Boolean);
  const fuse = await /** @type {Promise<any>} */ (library);
  if (query !== /** @type {HTMLInputElement} */ (dialog?.querySelector("input")).value) return;
  const exact = words.length ? fuse.search(words.map((word) => `'"${word}"`).join(" ")) : [];
  const found = exact.length || !words.length ? exact : fuse.search(words.join(" "));
  status.textContent = words.length ? `${found.length || "No"} ${found.length === 1 ? "place" : "places"}` : "";
  list.replaceChildren(...found.slice(0, 20).map((/** @type {{item: Entry}} */ { item }) => result(item, words)));
}

/**
 * @param {Entry} entry
 * @param {string[]} words
 */
function result(entry, words) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = ROOT + entry.href;
  const name = document.createElement("strong");
  name.textContent = entry.section ? `${entry.title}: ${entry.section}` : entry.title;
  const piece = document.createElement("span");
  const text = entry.text;
  const start = Math.max(0, text.toLowerCase().indexOf((words[0] ?? "").toLowerCase()) - 50);
  mark(piece, `${start ? "…" : ""}${text.slice(start, start + 150)}…`, words);
  link.append(name, piece);
  item.append(link);
  return item;
}

/**
 * Put `text` into `parent` with its found words marked.
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {string[]} words
 */
function mark(parent, text, words) {
  const pattern = new RegExp(`(${words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
  text.split(pattern).forEach((part, i) => {
    const made = i % 2 ? document.createElement("mark") : document.createTextNode(part);
    if (i % 2) made.textContent = part;
    parent.append(made);
  });
}
