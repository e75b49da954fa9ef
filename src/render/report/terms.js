
// Terms: in a text, the first of each leads to its explanation. A reader without the script finds all of them on the start.

const terms = new Map();
for (const button of document.querySelectorAll(".terms button")) {
  for (const word of button.dataset.words.split(" ")) terms.set(word, button.getAttribute("popovertarget"));
}

// Where terms are looked for; a bytes' dump and a drawing stay as they are.
const TEXTS = "dd, .fields th, .fields td:last-child, .start > p:not(.terms), .start li, .states, .ends, .note, .outcome";

function explain(part) {
  if (part.dataset.terms) return;
  part.dataset.terms = "linked";
  const seen = new Set();
  for (const text of part.querySelectorAll(TEXTS)) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, button, summary")) nodes.push(walker.currentNode);
    for (const node of nodes) link(node, seen);
  }
}

function link(node, seen) {
  const pieces = node.data.split(/([A-Za-z0-9-]+)/);
  const isNew = (piece) => terms.has(piece) && !seen.has(terms.get(piece));
  if (!pieces.some(isNew)) return;
  node.replaceWith(...pieces.map((piece) => {
    if (!isNew(piece)) return piece;
    seen.add(terms.get(piece));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "term";
    button.setAttribute("popovertarget", terms.get(piece));
    button.textContent = piece;
    return button;
  }));
}

explain(start);
addEventListener("hashchange", follow);
follow();
ready.then(follow);
