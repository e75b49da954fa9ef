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
        return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
      });
      return {
        root: root.nodeName, errors: document.querySelectorAll("parsererror").length, texts: texts.length,
        scripts: document.querySelectorAll("script, [onload]").length, outside: outside.map((text) => text.textContent),
      };
    });
    assert.equal(found.root, "svg");
    assert(found.texts > 10);
    assert.deepEqual([found.errors, found.scripts, found.outside], [0, 0, []]);
  });
}
console.log("ok svg");
