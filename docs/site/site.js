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
function equipCode() {
  for (const block of document.querySelectorAll("main .code:not(.cell-output *)")) {
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
      const scrolls = target.scrollWidth > target.clientWidth + 1;
      for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "scrolls sideways"]]) {
        if (scrolls) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    }
  });
  for (const box of document.querySelectorAll("main pre, main .wide, main .formula")) reach.observe(box);
}

// Folds: all at once for whoever wants to read on, and for paper.
const folds = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("main details"));
const unfold = document.getElementById("unfold");
const allOpen = () => [...folds].every((each) => each.open);
unfold?.addEventListener("click", () => {
  const open = !allOpen();
  folds.forEach((each) => (each.open = open));
});
folds.forEach((each) => each.addEventListener("toggle", () => unfold && (unfold.textContent = allOpen() ? "Fold all answers" : "Unfold all answers")));
/** @type {HTMLDetailsElement[]} */
let opened = [];
addEventListener("beforeprint", () => (opened = [...folds].filter((each) => !each.open)).forEach((each) => (each.open = true)));
addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));

// Live pictures: data and front end come when the text is there, one picture after the other.
async function wakePictures() {
  for (const picture of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".agt-saved"))) {
    await load(`pictures/${picture.id}.js`);
    await load(`pictures/${picture.dataset.picture}.js`);
  }
}
addEventListener("load", () => setTimeout(() => (equipCode(), wakePictures()))); // after the first paint

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
  const fuse = await library?.catch(() => (library = null));
  if (!fuse) return void (status.textContent = "The search cannot be loaded: try again");
  if (query !== /** @type {HTMLInputElement} */ (dialog?.querySelector("input")).value) return;
  /** @type {Map<Entry, number>} */
  const scores = new Map();
  for (const word of words) {
    const exact = fuse.search(`'"${word}"`);
    const hits = exact.length ? exact : fuse.search(word.replaceAll(/^[!=^']+|\$+$/g, "") || " ");
    for (const { item } of hits) scores.set(item, (scores.get(item) ?? 0) + 1 / Math.sqrt(hits.length)); // rare words say more
  }
  const most = Math.max(...scores.values());
  const found = [...scores].filter(([, score]) => score > 0.6 * most).sort((one, other) => other[1] - one[1]);
  status.textContent = words.length ? `${found.length || "No"} ${found.length === 1 ? "place" : "places"}` : "";
  list.replaceChildren(...found.slice(0, 20).map(([entry]) => result(entry, words)));
}

/**
 * @param {Entry} entry
 * @param {string[]} words
 */
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
