// A picture in a browser: node svg.mjs FILE... Every text has to lie inside of it.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { withPage } from "./browser.mjs";

for (const file of process.argv.slice(2)) {
  await withPage(pathToFileURL(file).href, async (page) => {
    const found = await page.evaluate(() => {
      const root = document.documentElement;
      const frame = root.getBoundingClientRect();
      const texts = [...document.querySelectorAll("text")];
      const outside = texts.filter((text) => {
        const box = text.getBoundingClientRect();
        return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1
          || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
      });
      return {
        root: root.nodeName, errors: document.querySelectorAll("parsererror").length, texts: texts.length,
        scripts: document.querySelectorAll("script, [onload]").length, outside: outside.map((text) => text.textContent),
      };
    });
    assert.equal(found.root, "svg");
    assert(found.texts > 10);
    // As a program shows it that reads no style sheet: white paper, dark letters, and every line to be seen.
    const bare = await page.evaluate(() => {
      document.querySelector("style").remove();
      const look = (one) => getComputedStyle(one);
      const unseen = (one) => ["none", "rgb(255, 255, 255)"].includes(look(one).stroke) && look(one).fillOpacity !== "0"
        && ["none", "rgb(255, 255, 255)", "rgb(26, 26, 26)"].includes(look(one).fill);
      const drawn = [...document.querySelectorAll("line, path, rect:not(.paper)")];
      return {
        drawn: drawn.length, unseen: drawn.filter(unseen).map((one) => one.outerHTML).slice(0, 3),
        paper: look(document.querySelector(".paper")).fill, letters: look(document.querySelector("text.title")).fill,
        font: look(document.querySelector("text")).fontFamily,
      };
    });
    assert(bare.drawn > 20);
    assert.deepEqual([bare.unseen, bare.paper, bare.letters], [[], "rgb(255, 255, 255)", "rgb(26, 26, 26)"]);
    assert.match(bare.font, /monospace/);
    assert.deepEqual([found.errors, found.scripts, found.outside], [0, 0, []]);
  });
}
console.log("ok svg");
