// What the pages do beyond being read: paper, search, sliders, the filter of the ledger.
const root = document.documentElement.dataset.root ?? "";
const find = (selector) => document.querySelector(selector);

/** An element with attributes and children. */
function element(name, attributes, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

// --- light and dark paper

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () =>
  (document.documentElement.dataset.paper ?? (system.matches ? "dark" : "light")) === "dark";
const paper = find("#paper");

function namePaper() {
  paper.textContent = isDark() ? "Light" : "Dark";
  paper.setAttribute("aria-label", isDark() ? "Light paper" : "Dark paper");
}

if (paper) {
  namePaper();
  system.addEventListener("change", namePaper);
  paper.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.paper = next;
    try {
      localStorage.setItem("paper", next);
    } catch {
      // It holds for this page.
    }
    namePaper();
  });
}

// --- search

const input = find("#search"), hits = find("#hits");
let loading;

/** Loads the index once; a script and not a request, so that it works from the disk. */
function index() {
  loading ??= new Promise((resolve, reject) => {
    const script = element("script", { src: `${root}assets/search.js` });
    script.onload = () => resolve(globalThis.SEARCH);
    script.onerror = () => reject(new Error("the index of the search is not there"));
    document.head.append(script);
  });
  return loading;
}

/** Letters without accents, small. */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Places that hold all words, titles first. */
function search(entries, query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = [];
  for (const [address, title, page, text] of entries) {
    const head = plain(title), all = `${head} ${plain(page)} ${plain(text)}`;
    if (!words.every((word) => all.includes(word))) continue;
    const exact = head === words.join(" ") ? 10 : 0;
    found.push({
      address,
      title,
      page,
      text,
      score: exact + words.filter((word) => head.includes(word)).length,
    });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, 25).map((hit) => ({ ...hit, words }));
}

/** A hit: where it is, and the words around the first one that was found. */
function shown({ address, title, page, text, words }) {
  const at = Math.max(0, ...words.map((word) => plain(text).indexOf(word)));
  const piece = text.slice(Math.max(0, at - 40), at + 100);
  return element(
    "a",
    { href: root + address },
    element("b", {}, title),
    ` ${page}`,
    element("small", {}, `${at > 40 ? "…" : ""}${piece}${text.length > at + 100 ? "…" : ""}`),
  );
}

async function answer() {
  const query = input.value.trim();
  hits.hidden = query === "";
  if (query === "") return;
  let found;
  try {
    found = search(await index(), query);
  } catch (error) {
    hits.replaceChildren(element("p", {}, `No search: ${error.message}.`));
    return;
  }
  if (query !== input.value.trim()) return;
  const none = element("p", {}, "Nothing found.");
  const list = element("ul", {}, ...found.map((hit) => element("li", {}, shown(hit))));
  hits.replaceChildren(
    element(
      "p",
      { className: "number", role: "status" },
      found.length === 25 ? "25 and more" : `${found.length} found`,
    ),
    found.length === 0 ? none : list,
  );
}

if (input && hits) {
  input.addEventListener("focus", () => index().catch(() => {}), { once: true });
  input.addEventListener("input", answer);
  input.closest("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      hits.hidden = true;
      input.focus();
    }
    const links = [...hits.querySelectorAll("a")], now = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || links.length === 0) return;
    event.preventDefault();
    (now + step < 0 ? input : links[Math.min(links.length - 1, now + step)]).focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    input.focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("search")) hits.hidden = true;
    const menu = find(".menu[open]");
    if (menu && !event.target.closest(".menu")) menu.open = false;
  });
}

// --- sliders: the picture of the position, and its label

document.addEventListener("input", ({ target }) => {
  const box = target.closest?.("[data-slider]");
  if (!box || target.type !== "range") return;
  const frames = [...box.querySelectorAll("[data-label]")], at = Number(target.value);
  frames.forEach((frame, i) => frame.hidden = i !== at);
  const label = frames[at]?.dataset.label ?? "";
  target.setAttribute("aria-valuetext", label);
  const output = box.querySelector("output");
  if (output) output.value = label;
});

// --- places inside what is folded

function unfold() {
  let place = null;
  try {
    place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    // An address that means nothing leads nowhere.
  }
  for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  place?.scrollIntoView();
}
if (location.hash) unfold();
addEventListener("hashchange", unfold);

// The contents are open where there is room beside the text.
const contents = find("#contents"), wide = matchMedia("(min-width: 64rem)");
if (contents) {
  if (wide.matches) contents.open = true;
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) contents.open = false;
  });
}

// Code is folded and unfolded all at once.
const codes = [...document.querySelectorAll("details.code")];
const fold = find("#fold");
fold?.addEventListener("click", () => {
  const open = fold.textContent !== "Fold all code";
  for (const code of codes) code.open = open;
  fold.textContent = open ? "Fold all code" : "Unfold all code";
});

// What can be scrolled sideways can be reached by keyboard.
function reach() {
  for (const box of document.querySelectorAll(".scroll, .katex-display, pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", reach);
addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);

// On paper all figures are there, those for light paper, whether the reader has come to them or not.
addEventListener("beforeprint", () => {
  for (const image of document.querySelectorAll(".on-light img")) image.loading = "eager";
});

// --- cells that run: the button is the live edition's, which comes only where it can

const run = find("#run-live");

/** In the place of the button: why there is none. */
function refuse(reason) {
  Object.assign(run, { textContent: reason, disabled: true, hidden: false });
}

if (run && location.protocol !== "file:") {
  import(new URL(`${root}live/live.js`, location.href).href)
    .catch(({ message }) => refuse(`Cells cannot run here: ${message}`));
} else if (run) refuse("Runs where pages are served");

// --- the ledger's filter

const filter = find(".filter");
if (filter) {
  const whose = find("#whose"), typed = find("#words"), left = find("#left");
  const claims = [...document.querySelectorAll(".ledger .claim")].map((claim) => ({
    claim,
    text: plain(claim.textContent),
    whose: plain(claim.querySelector(".whose").textContent),
  }));
  const choose = () => {
    const wanted = plain(typed.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { claim, text, whose: own } of claims) {
      const fits = own.startsWith(whose.value) && wanted.every((word) => text.includes(word));
      claim.hidden = !fits;
      count += fits ? 1 : 0;
    }
    left.value = `${count} of ${claims.length}`;
  };
  whose.addEventListener("change", choose);
  typed.addEventListener("input", choose);
}
