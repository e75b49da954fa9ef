// What a person does with a report, done in a browser: node report.mjs CHECK FILE [PACKET]
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { withPage } from "./browser.mjs";

const [check, file, number] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const place = (page) => page.evaluate(() => location.hash);
const visible = (page) => page.locator(".packet:visible").evaluateAll((all) => all.map((one) => one.id));
const lit = (page, kind) => page.locator(`.packet:visible ${kind}.lit`).allTextContents();

// A part is wholly on the screen, and nothing has scrolled.
async function onScreen(page, part) {
  const box = await part.boundingBox();
  assert(box && box.y >= 0 && box.y + box.height <= 800 && box.x >= 0 && box.x + box.width <= 1280, JSON.stringify(box));
}

const checks = {
  async opens() {
    await withPage(url, async (page) => {
      assert.deepEqual(await visible(page), []);
      const steps = page.locator(".start li");
      assert.equal(await steps.count(), 3);
      for (let step = 0; step < 3; step++) await onScreen(page, steps.nth(step));
      for (const number of [1, 2, 3]) await onScreen(page, page.locator(`.ladder a[href="#packet-${number}"]`));
      for (const state of ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]) {
        await onScreen(page, page.locator(".ladder li .client, .ladder li .server", { hasText: new RegExp(`^${state}$`) }).first());
      }
      await onScreen(page, page.locator("footer code").first());
      assert.match(await page.locator("footer").innerText(), /SHA-256 [0-9a-f]{64}/);
      assert(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "the page itself scrolls");
    });
  },

  async chooses() {
    await withPage(url, async (page) => {
      await page.locator('.ladder a[href="#packet-3"]').click();
      assert.equal(await place(page), "#packet-3");
      assert.deepEqual(await visible(page), ["packet-3"]);
      assert.equal(await page.locator(".ladder a[aria-current]").getAttribute("href"), "#packet-3");
      await onScreen(page, page.locator("h1"));
      await page.keyboard.press("ArrowRight");
      assert.deepEqual(await visible(page), ["packet-4"]);
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      assert.deepEqual(await visible(page), ["packet-2"]);
      await page.keyboard.press("Escape");
      assert.deepEqual(await visible(page), []);
      assert(await page.locator(".start").isVisible());
    });
    // By keyboard alone: Tab to the first arrow, Enter.
    await withPage(url, async (page) => {
      for (let presses = 0; presses < 10; presses++) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => document.activeElement.getAttribute("href"));
        if (at === "#packet-1") break;
      }
      await page.keyboard.press("Enter");
      assert.deepEqual(await visible(page), ["packet-1"]);
    });
    // A deep link, and without any script.
    await withPage(`${url}#packet-2`, async (page) => assert.deepEqual(await visible(page), ["packet-2"]));
    await withPage(`${url}#packet-2`, async (page) => {
      assert.deepEqual(await visible(page), ["packet-2"]);
      await page.locator('.ladder a[href="#packet-3"]').click();
      assert.deepEqual(await visible(page), ["packet-3"]);
    }, { javaScriptEnabled: false });
  },

  async lights() {
    await withPage(`${url}#packet-2`, async (page) => {
      const row = page.locator('.packet:visible tr[data-f]', { hasText: "sequence number" });
      const box = page.locator('.packet:visible .box', { hasText: "sequence number" });
      const key = await row.getAttribute("data-f");
      const bytes = page.locator(`.packet:visible .bytes [data-f="${key}"]`);
      const number = (await row.locator("td").nth(2).innerText()).split(" ")[0];
      const raw = await row.locator("code").innerText();
      const all = async () => {
        assert.equal((await lit(page, "tr")).length, 1);
        assert((await lit(page, "tr"))[0].includes(number));
        assert.equal((await lit(page, ".box")).length, 1);
        assert((await lit(page, ".box"))[0].includes(number));
        assert.deepEqual((await lit(page, ".bytes span")).join(" "), raw);
      };
      for (const part of [row, box, bytes.first()]) {
        await page.mouse.move(1, 1);
        assert.equal((await lit(page, "[data-f]")).length, 0);
        await part.hover();
        await all();
      }
      // What two fields share lights both: version and header length are one byte.
      await page.locator('.packet:visible .bytes span', { hasText: /^45$/ }).first().hover();
      assert.deepEqual((await lit(page, "tr")).length, 2);
      // By keyboard: Tab into the rows, arrows to the next.
      await page.mouse.move(1, 1);
      await page.locator(".packet:visible tr[data-f]").first().focus();
      await page.keyboard.press("ArrowDown");
      assert.match((await lit(page, "tr"))[0], /destination port/);
      assert.match((await lit(page, ".box")).join(), /destination port/);
      await page.locator(".packet:visible .bytes span").first().focus();
      await page.keyboard.press("End");
      assert.equal((await lit(page, "tr")).length, 1);
      // Enter keeps it lit when the pointer goes elsewhere.
      await page.keyboard.press("Enter");
      await page.locator("h1").hover();
      assert.equal((await lit(page, "tr")).length, 1);
    });
  },

  async finds() {
    await withPage(url, async (page) => {
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement.id), "find");
      await page.keyboard.type("FIN-ACK");
      assert.match(await page.locator("#found").innerText(), /^\d+ packets$/);
      await page.keyboard.press("Enter");
      const [first] = await visible(page);
      assert.match(await page.locator(`#${first}`).innerText(), /FIN-ACK/i);
      await page.keyboard.press("Enter");
      assert.notEqual((await visible(page))[0], first);
      await page.keyboard.press("Escape");
      await page.locator("#find").fill("no such words anywhere");
      assert.equal(await page.locator("#found").innerText(), "0 packets");
      await page.locator("#find").fill("");
      // One conversation alone.
      const sections = page.locator(".conversation:visible");
      const before = await sections.count();
      assert(before > 1);
      await page.locator("#only").selectOption("2");
      assert.equal(await sections.count(), 1);
      assert.match(await sections.locator("h2").innerText(), /^Conversation 2:/);
      await page.locator("#only").selectOption("");
      assert.equal(await sections.count(), before);
    });
  },

  async prints() {
    const pages = async (page) => {
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      assert(pdf.startsWith("%PDF-"));
      return (pdf.match(/\/Type \/Page\b/g) ?? []).length;
    };
    // The buttons call the browser's own dialog, which is left out here.
    const asked = (page) => page.addInitScript(() => { window.print = () => { window.printed = document.body.className; }; });
    for (const place of ["", "#packet-4"]) {
      await withPage(url, async (page) => {
        await asked(page);
        await page.goto("about:blank");
        await page.goto(url + place);
        const packets = await page.locator(".packet").count();
        await page.locator("#print-summary").click();
        assert.equal(await page.evaluate(() => window.printed), "print-summary");
        assert((await pages(page)) <= 2, `${await pages(page)} pages`);
        await page.emulateMedia({ media: "print" });
        assert.deepEqual(await visible(page), [place === "" ? "packet-1" : "packet-4"]);
        assert.equal(await page.locator(".start li:visible").count(), 3);
        assert.equal(await page.locator(".conversation:visible").count(), 1);
        for (const part of [".packet:visible .diagram", ".packet:visible .fields", ".predict p"]) {
          assert(await page.locator(part).first().isVisible(), part);
        }
        await page.emulateMedia({ media: null });
        await page.locator("#print-whole").click();
        assert((await pages(page)) > packets, "a page for each packet and more");
        await page.emulateMedia({ media: "print" });
        assert.equal((await visible(page)).length, packets);
        assert(await page.locator("table.words").first().isVisible());
        assert(await page.locator(".start").isVisible());
        // Black on white, whatever the screen's colours are.
        for (const part of [".packet td", ".packet dd", ".box em", ".start p"]) {
          assert.equal(await page.locator(part).first().evaluate((one) => getComputedStyle(one).color), "rgb(0, 0, 0)", part);
        }
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
        const line = page.locator(".ladder .control p > b").first();
        assert.equal(await line.evaluate((one) => getComputedStyle(one).borderBottomColor), "rgb(0, 0, 0)");
      }, { colorScheme: "dark" });
    }
  },

  async accessible() {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    for (const colorScheme of ["light", "dark"]) {
      for (const [place, width] of [["", 390], ["", 1280], ["#packet-2", 390], ["#packet-2", 1280]]) {
        await withPage(url + place, async (page) => {
          if (place !== "") await page.locator(".packet:visible tr[data-f]").nth(3).hover();
          await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
          await page.evaluate(axe);
          const { violations, passes } = await page.evaluate(() => axe.run());
          assert.deepEqual(violations.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)]), []);
          assert(passes.length > 20);
        }, { colorScheme, viewport: { width, height: 800 } });
      }
    }
  },

  // The capture carries tags, handlers and a title of its own; all of it has to stay text.
  async harmless() {
    for (const javaScriptEnabled of [true, false]) {
      await withPage(`${url}#packet-${number}`, async (page) => {
        if (!javaScriptEnabled && number !== "1") return;
        const text = await page.locator(`#packet-${number}`).innerText();
        for (const evil of ["<script>", "</script>", 'onload="', "<img src=x onerror="]) assert(text.includes(evil), evil);
        if (!javaScriptEnabled) return;
        assert.equal(await page.evaluate(() => window.owned), undefined);
        const strange = "img, iframe, object, embed, link, base, form, script[src], style + style, [onload], [onerror], [onclick]";
        assert.equal(await page.locator(strange).count(), 0);
        assert.equal(await page.locator("script").count(), 1);
        assert((await page.title()).startsWith(`<b>evil" onload='x'&lt;`));
      }, { javaScriptEnabled });
    }
    // Should a tag come through all the same, the page's policy lets it do nothing.
    const said = [];
    await assert.rejects(withPage(url, async (page) => {
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.owned = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<svg onload='window.owned = 2'></svg><img src='http://192.0.2.1/x'>");
      });
      await page.waitForTimeout(200);
      said.push(await page.evaluate(() => window.owned));
    }), /Content Security Policy/);
    assert.deepEqual(said, [undefined]);
  },
};

await checks[check]();
console.log(`ok ${check}`);
