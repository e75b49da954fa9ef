// Mermaid's own parser and drawing: node mermaid.mjs FILE TEXT... Each text has to stand in the picture.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { withPage } from "./browser.mjs";

const [file, ...texts] = process.argv.slice(2);
const library = readFileSync(createRequire(import.meta.url).resolve("mermaid/dist/mermaid.min.js"), "utf8");
await withPage("about:blank", async (page) => {
  await page.addScriptTag({ content: library });
  const shown = await page.evaluate(async (source) => {
    mermaid.initialize({ startOnLoad: false });
    await mermaid.parse(source);
    const { svg } = await mermaid.render("drawn", source);
    document.body.innerHTML = svg;
    return { text: document.body.textContent, scripts: document.body.querySelectorAll("script, img, [onload]").length };
  }, readFileSync(file, "utf8"));
  for (const text of texts) assert(shown.text.includes(text), `${text} is not in ${shown.text}`);
  assert.equal(shown.scripts, 0);
});
console.log("ok mermaid");
