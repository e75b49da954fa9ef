
// The chosen packet, keys, the search, the choice of a conversation, paper.

const only = document.getElementById("only");
const find = document.getElementById("find");
const found = document.getElementById("found");
// With the places that they lead to: `hash` would read the address again each time.
const links = [...document.querySelectorAll(".ladder a, .plot a, .both-ends a, .packet-link")];
const placeOf = (link) => link.getAttribute("href");
// A picture has a link for each segment; the ladder's are enough for the Tab key.
for (const link of document.querySelectorAll(".plot a, .both-ends a")) link.setAttribute("tabindex", "-1");
for (const part of document.querySelectorAll(".scripted")) part.hidden = false;

if (only) {
  for (const section of document.querySelectorAll(".conversation[data-c]")) {
    const [client, server] = section.querySelectorAll(".heads span");
    const name = `${section.querySelector("h2").textContent}, ${client.textContent} to ${server.textContent}`;
    only.add(new Option(name, section.dataset.c));
  }
}

const numberOf = (place) => Number(/^#packet-(\d+)$/.exec(place)?.[1] ?? NaN);
const shown = () => packets.filter((packet) => !only || only.value === "" || packet.conversation === only.value);
const chosen = () => packets.find((packet) => packet.number === numberOf(location.hash));
const choose = (packet) => { if (packet) location.hash = `packet-${packet.number}`; };
const isNarrow = matchMedia("(max-width: 56em)");

// The picture of both ends, as long as it is on the screen, shows the chosen packet; else the ladder does. What was clicked is seen.
const bothEnds = document.querySelector(".both-ends");
const isOnScreen = (part) => part.getBoundingClientRect().bottom > 0 && part.getBoundingClientRect().top < innerHeight;
let clicked = null;
document.addEventListener("click", (event) => { clicked = event.target.closest?.("a") ?? null; }, true);

let current = null;
let searching = false;
let kept = null;
// The headers that are unfolded stay so from packet to packet.
const unfolded = new Set();

function follow() {
  const packet = chosen();
  const element = packet?.element();
  if (current !== element) {
    current?.classList.remove("chosen");
    element?.classList.add("chosen");
    current = element ?? null;
    if (element) arrive(element);
  }
  const isSeen = links.includes(clicked) && placeOf(clicked) === location.hash;
  const picture = bothEnds !== null && isOnScreen(bothEnds) ? ".both-ends" : ".ladder";
  clicked = null;
  for (const link of links) {
    const here = packet !== undefined && placeOf(link) === location.hash;
    if (here) link.setAttribute("aria-current", "true");
    else if (link.hasAttribute("aria-current")) link.removeAttribute("aria-current");
    if (here && !isSeen && link.closest(picture) && !isNarrow.matches) link.scrollIntoView({ block: "nearest" });
  }
  const all = shown();
  const place = all.indexOf(packet);
  document.getElementById("previous").disabled = place < 1;
  document.getElementById("next").disabled = place >= all.length - 1;
}

function arrive(element) {
  kept = null;
  for (const layer of element.querySelectorAll("details[data-layer]")) layer.open = unfolded.has(layer.dataset.layer);
  explain(element);
  light(element, null);
  for (const group of groups(element)) {
    group.forEach((part, place) => part.setAttribute("tabindex", place === 0 ? "0" : "-1"));
  }
  // The browser moves the focus to the packet; a search goes on where it is.
  if (searching) find.focus({ preventScroll: true });
  else if (packed) element.focus({ preventScroll: true });
  searching = false;
  if (isNarrow.matches) element.scrollIntoView(); else details.scrollTop = 0;
  // Paper shows the ladder of the chosen packet.
  for (const one of document.querySelectorAll(".conversation")) {
    if (document.querySelector(`.conversation[data-c="${element.dataset.c}"]`)) {
      one.classList.toggle("main", one.dataset.c === element.dataset.c);
    }
  }
}

// A click or a key folds; what the script does itself is not remembered.
details.addEventListener("click", (event) => {
  const layer = event.target.closest?.("summary")?.closest("details[data-layer]");
  if (layer) unfolded[layer.open ? "delete" : "add"](layer.dataset.layer);
});

function step(by) {
  const all = shown();
  choose(all[all.indexOf(chosen()) + by]);
}
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("next").addEventListener("click", () => step(1));

function backToStart() {
  location.hash = "";
  details.scrollTop = 0;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key;
  if (event.target === find) {
    if (key === "Enter") search();
    if (key === "Escape") { find.value = ""; mark(); find.blur(); }
    return;
  }
  if (event.target === only || document.querySelector(":popover-open")) return;
  const part = event.target.closest?.("[data-f]");
  if (key === "/") {
    find.focus();
    find.select();
  } else if (part && ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"].includes(key)) {
    walk(key, part);
  } else if (part && key === "Enter" && event.target === part) {
    kept = kept === part ? null : part;
    light(part.closest(".packet"), kept);
  } else if (key === "Escape") {
    kept = null;
    if (current) light(current, null);
    if (part) links.find((link) => placeOf(link) === location.hash && !link.closest(".both-ends"))?.focus();
    else if (current) backToStart();
  } else if (key === "ArrowRight" || key === "ArrowLeft") {
    step(key === "ArrowRight" ? 1 : -1);
  } else {
    return;
  }
  event.preventDefault();
});

// The search: in everything that the packets say.

function matches() {
  const words = find.value.trim().toLowerCase();
  const written = packed ? escaped(words) : words;
  return words === "" ? [] : shown().filter((packet) => packet.text().includes(written));
}

function mark() {
  const hits = matches();
  const places = new Set(hits.map((packet) => `#packet-${packet.number}`));
  for (const link of links) link.classList.toggle("found", places.has(placeOf(link)));
  found.textContent = find.value.trim() === "" ? "" : hits.length === 1 ? "1 packet" : hits.length + " packets";
}

function search() {
  const hits = matches();
  if (hits.length === 0) return;
  const after = hits.indexOf(chosen()) + 1;
  const next = hits[after % hits.length];
  searching = next !== chosen();
  choose(next);
  found.textContent = (after % hits.length) + 1 + " of " + hits.length;
}

find.addEventListener("input", mark);
only?.addEventListener("change", () => {
  for (const part of document.querySelectorAll(".conversation")) {
    part.hidden = only.value !== "" && part.dataset.c !== only.value;
  }
  mark();
  follow();
});

// Paper: a summary unless the whole is asked for, which has every packet.

function onPaper(kind) {
  document.body.className = `print-${kind}`;
  if (kind === "whole") for (const packet of shown()) packet.element();
  window.print();
}
document.getElementById("print-summary").addEventListener("click", () => onPaper("summary"));
document.getElementById("print-whole").addEventListener("click", () => onPaper("whole"));
