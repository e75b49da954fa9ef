"use strict";
// The page reads without this. It adds: the packet's mark in the picture, the light between diagram, table and bytes, keys, the
// search and the choice of a conversation. Nothing is loaded, and nothing from the capture becomes code.

const only = document.getElementById("only");
const find = document.getElementById("find");
const found = document.getElementById("found");
const articles = [...document.querySelectorAll(".packet")];
const links = [...document.querySelectorAll('svg a[href^="#packet-"]')];
// A graph has a link for each segment; the ladder's are enough for the Tab key.
for (const link of document.querySelectorAll(".plot a")) link.setAttribute("tabindex", "-1");

const chosen = () => articles.find((article) => "#" + article.id === location.hash);
const shown = () => articles.filter((article) => !article.hidden);
const choose = (article) => { if (article) location.hash = article.id; };

// The chosen packet.

let searching = false;

function follow() {
  // The browser moves the focus to the packet; a search goes on where it is.
  if (searching) find.focus({ preventScroll: true });
  searching = false;
  for (const link of links) {
    const current = link.getAttribute("href") === location.hash;
    if (current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    if (current && link.closest(".ladder")) link.scrollIntoView({ block: "nearest" });
  }
  const article = chosen();
  if (!article) return;
  light(article, null);
  for (const group of groups(article)) {
    group.forEach((part, place) => part.setAttribute("tabindex", place === 0 ? "0" : "-1"));
  }
}

// Boxes, rows and bytes: the Tab key goes from one group to the next, the arrows walk within.
const groups = (article) => [".box", "tr", ".bytes span"]
  .map((kind) => [...article.querySelectorAll(kind + "[data-f]")])
  .filter((group) => group.length > 0);

// The light: whatever shares a field with the part under the pointer or in focus.

let kept = null;

function light(article, part) {
  const keys = part ? part.dataset.f.split(" ") : [];
  for (const other of article.querySelectorAll("[data-f]")) {
    other.classList.toggle("lit", other.dataset.f.split(" ").some((key) => key !== "" && keys.includes(key)));
  }
}

function lit(event) {
  const part = event.target.closest?.("[data-f]");
  const article = event.target.closest?.(".packet");
  if (article && (part || !kept)) light(article, part);
}

document.addEventListener("pointerover", lit);
document.addEventListener("focusin", lit);
document.addEventListener("pointerout", (event) => {
  const article = event.target.closest?.(".packet");
  if (article) light(article, kept && article.contains(kept) ? kept : null);
});
document.addEventListener("click", (event) => {
  const part = event.target.closest?.("[data-f]");
  if (part) kept = kept === part ? null : part;
});

// Keys.

function walk(key, part) {
  const group = groups(part.closest(".packet")).find((parts) => parts.includes(part));
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  const place = { Home: 0, End: group.length - 1 }[key] ?? group.indexOf(part) + step;
  const next = group[Math.max(0, Math.min(group.length - 1, place))];
  for (const other of group) other.setAttribute("tabindex", other === next ? "0" : "-1");
  next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key;
  if (event.target === find) {
    if (key === "Enter") search();
    if (key === "Escape") { find.value = ""; mark(); find.blur(); }
    return;
  }
  if (event.target === only) return;
  const part = event.target.closest?.("[data-f]");
  if (key === "/") {
    find.focus();
    find.select();
  } else if (part && ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"].includes(key)) {
    walk(key, part);
  } else if (part && key === "Enter") {
    kept = kept === part ? null : part;
    light(part.closest(".packet"), kept);
  } else if (key === "Escape") {
    kept = null;
    const article = chosen();
    if (part) links.find((link) => link.hash === location.hash)?.focus();
    else if (article) { location.hash = ""; document.getElementById("details").scrollTop = 0; }
    if (article) light(article, null);
  } else if (key === "ArrowRight" || key === "ArrowLeft") {
    const all = shown();
    const place = all.indexOf(chosen());
    choose(key === "ArrowRight" ? all[place + 1] : all[place - 1]);
  } else {
    return;
  }
  event.preventDefault();
});

// The search: in everything that stands in the packets.

const matches = () => {
  const words = find.value.trim().toLowerCase();
  return words === "" ? [] : shown().filter((article) => article.textContent.toLowerCase().includes(words));
};

function mark() {
  const hits = matches();
  const places = new Set(hits.map((article) => "#" + article.id));
  for (const link of links) link.classList.toggle("found", places.has(link.getAttribute("href")));
  found.textContent = find.value.trim() === "" ? "" : hits.length === 1 ? "1 packet" : hits.length + " packets";
}

function search() {
  const hits = matches();
  const after = hits.indexOf(chosen()) + 1;
  const next = hits[after % hits.length];
  searching = next !== undefined && next !== chosen();
  choose(next);
  if (next) found.textContent = (after % hits.length) + 1 + " of " + hits.length;
}

find.addEventListener("input", mark);

// The choice of a conversation.

only.addEventListener("change", () => {
  for (const part of document.querySelectorAll(".conversation, .packet")) {
    part.hidden = only.value !== "" && part.dataset.c !== only.value;
  }
  mark();
});

// Paper has everything.

addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
addEventListener("hashchange", follow);
follow();
