// Both ends in a picture: node two-ends.mjs drawn FILE.svg WIRE.jsonl | page FILE.html
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { withPage } from "./browser.mjs";

const [check, file, record] = process.argv.slice(2);
const url = pathToFileURL(file).href;

// What each arrow has: its sentence, its texts, where its lines begin and end, its crosses.
const arrows = () => [...document.querySelectorAll("g.arrow")].map((group) => ({
  sentence: group.getAttribute("aria-label"),
  texts: [...group.querySelectorAll("text")].map((text) => ({
    text: text.textContent, x: Number(text.getAttribute("x")), y: Number(text.getAttribute("y")),
  })),
  crosses: group.querySelectorAll(".cross").length,
  head: group.querySelectorAll("path").length,
}));

const checks = {
  // Against what the wire did: an arrow for each frame, and one for each that arrived again; a cross for each that was lost.
  async drawn() {
    const frames = readFileSync(record, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    const all = await withPage(url, (page) => page.evaluate(arrows));
    const arrivals = frames.map((frame) => frame.arrivals.length);
    const expected = arrivals.map((count) => Math.max(count, 1)).reduce((sum, count) => sum + count);
    assert.equal(all.length, expected);
    const lost = arrivals.filter((count) => count === 0).length;
    assert.equal(all.filter((arrow) => arrow.crosses === 2 && arrow.head === 0).length, lost);
    assert.equal(all.filter((arrow) => arrow.texts.some(({ text }) => text === "lost on the way")).length, lost);
    assert.equal(all.filter((arrow) => arrow.head === 1).length, all.length - lost);
    // At each end, what is lower is later, and no text is above another one's.
    const times = all.flatMap((arrow) => arrow.texts.filter(({ text }) => /^-?[0-9]+\.[0-9]{3}$/.test(text)));
    const places = [...new Set(times.map(({ x }) => x))];
    assert.equal(places.length, 2);
    for (const x of places) {
      const own = times.filter((time) => time.x === x).sort((one, other) => one.y - other.y);
      assert(own.length >= 4);
      for (let index = 1; index < own.length; index++) {
        assert(Number(own[index].text) >= Number(own[index - 1].text), JSON.stringify(own));
        assert(own[index].y - own[index - 1].y >= 16, JSON.stringify(own));
      }
    }
    // An arrow that arrives takes time: by its words, and in the picture.
    for (const arrow of all) {
      const own = arrow.texts.filter(({ text }) => /^-?[0-9]+\.[0-9]{3}$/.test(text));
      const [early, late] = own.sort((one, other) => Number(one.text) - Number(other.text));
      if (late) assert(late.y > early.y, arrow.sentence);
      assert(/^[^:]+: sent after|: arrived after/.test(arrow.sentence), arrow.sentence);
    }
  },

  async page() {
    await withPage(url, async (page) => {
      const arrow = page.locator('.both-ends .wide a[href="#packet-2"]');
      await arrow.locator("text").first().click();
      assert.equal(await page.evaluate(() => location.hash), "#packet-2");
      assert.equal(await arrow.getAttribute("aria-current"), "true");
      assert.equal(await page.locator("#packet-2").isVisible(), true);
      // The picture stays: what was clicked is seen, and the next ones are shown in it as long as it is on the screen.
      const top = () => page.evaluate(() => document.getElementById("pictures").scrollTop);
      const isSeen = (place) => page.locator(place).evaluate((link) => {
        const box = link.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;
      });
      assert.equal(await top(), 0);
      for (let number = 3; number <= 28; number++) {
        await page.keyboard.press("ArrowRight");
        assert(await isSeen(`.both-ends .wide a[href="#packet-${number}"]`), `packet ${number}`);
      }
      await page.evaluate(() => { document.querySelector(".ladder").scrollIntoView(); });
      const before = await top();
      await page.keyboard.press("ArrowRight");
      assert(await isSeen('.ladder a[href="#packet-29"]'));
      assert(await top() >= before, "back to the picture");
    });
    for (const width of [360, 390, 700, 1280, 1920]) {
      await withPage(url, async (page) => {
        const seen = await page.evaluate(() => {
          const pane = document.getElementById("pictures");
          const shown = [...document.querySelectorAll(".wide, .narrow")].filter((one) => one.clientHeight > 0);
          const texts = shown.flatMap((one) => [...one.querySelectorAll("text")]);
          return {
            forms: [...new Set(shown.map((one) => one.className))],
            letters: Math.min(...texts.map((text) => text.getBoundingClientRect().height)),
            outside: texts.filter((text) => {
              const [box, frame] = [text, text.closest("svg")].map((one) => one.getBoundingClientRect());
              return box.left < frame.left - 1 || box.right > frame.right + 1;
            }).map((text) => text.textContent),
            scrolls: pane.scrollWidth > pane.clientWidth || document.documentElement.scrollWidth > innerWidth,
          };
        });
        assert.deepEqual([seen.forms.length, seen.outside, seen.scrolls], [1, [], false], `${width}: ${JSON.stringify(seen)}`);
        assert(seen.letters >= 11, `${width}: letters of ${seen.letters} px`);
      }, { viewport: { width, height: 900 } });
    }
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"]) {
      await withPage(url, async (page) => {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run());
        assert.deepEqual(violations.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)]), []);
      }, { colorScheme });
    }
  },
};

await checks[check]();
console.log(`ok ${check}`);
