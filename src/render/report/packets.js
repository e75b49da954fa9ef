// The page reads without this script. Nothing is loaded, and nothing from the capture becomes code.

// Where packets come from: elements of the page, or packed in it (packed.rs says how).

const details = document.getElementById("details");
const start = document.getElementById("start");
const packed = document.getElementById("packed");

const ofElement = (element) => ({
  number: Number(element.id.slice("packet-".length)), conversation: element.dataset.c ?? "",
  element: () => element, text: () => element.textContent.toLowerCase(),
});

// As the templates escape a text.
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

function ofBlocks(number, conversation, blocks) {
  let made = document.getElementById(`packet-${number}`);
  let words;
  return {
    number, conversation: conversation === null ? "" : String(conversation),
    // The same element as mod.rs writes.
    element() {
      if (made) return made;
      made = document.createElement("article");
      made.className = "packet";
      made.id = `packet-${number}`;
      made.tabIndex = -1;
      if (conversation !== null) made.dataset.c = conversation;
      made.innerHTML = blocks.map(([shape, texts]) => shape.map((tags, place) => tags + (texts[place] ?? "")).join("")).join("");
      details.insertBefore(made, start);
      return made;
    },
    text: () => words ??= blocks.flatMap(([, texts]) => texts).join(" ").toLowerCase(),
  };
}

function unpacked(lines) {
  const shapes = [];
  const last = [];
  return lines.map((line) => {
    const [number, conversation, blocks] = JSON.parse(line);
    const known = new Set();
    const texts = [];
    const text = (written) => {
      const one = typeof written === "number" ? texts[written] : written;
      if (!known.has(one)) { known.add(one); texts.push(one); }
      return one;
    };
    return ofBlocks(number, conversation, blocks.map(([shape, ...changes]) => {
      const id = typeof shape === "number" ? shape : shapes.push(shape.split("\u0001")) - 1;
      const all = [...(last[id] ?? [])];
      for (let place = 0, at = 0; at < changes.length; at += 2) all[place += changes[at]] = text(changes[at + 1]);
      last[id] = all;
      return [shapes[id], all];
    }));
  }).sort((one, other) => one.number - other.number);
}

async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return unpacked((await new Response(stream).text()).split("\n").filter((line) => line !== ""));
}

// Filled at once, or a moment after the page is shown.
let packets = packed ? [] : [...document.querySelectorAll(".packet")].map(ofElement);
const shownAll = new Promise((done) => addEventListener("load", () => setTimeout(done)));
const ready = packed
  ? shownAll.then(() => inflated(packed.content.textContent)).then((all) => { packets = all; })
  : Promise.resolve();
