
// The light: whatever shares a field with the part under the pointer or in focus.

// Boxes, rows and bytes: the Tab key goes from one group to the next, the arrows walk within.
const groups = (article) => [".box", "tr", ".bytes span"]
  .map((kind) => [...article.querySelectorAll(kind + "[data-f]")])
  .flatMap((group) => {
    // A folded header is a place of its own.
    const places = new Map();
    for (const part of group) {
      const at = part.closest(".layer, .rest, .dump");
      places.set(at, [...(places.get(at) ?? []), part]);
    }
    return [...places.values()];
  });

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

function walk(key, part) {
  const group = groups(part.closest(".packet")).find((parts) => parts.includes(part));
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  const place = { Home: 0, End: group.length - 1 }[key] ?? group.indexOf(part) + step;
  const next = group[Math.max(0, Math.min(group.length - 1, place))];
  for (const other of group) other.setAttribute("tabindex", other === next ? "0" : "-1");
  next.focus();
}
