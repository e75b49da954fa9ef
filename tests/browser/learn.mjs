// What a student needs of a report, measured in a browser: node learn.mjs CHECK FILE
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { withPage } from "./browser.mjs";

const [check, file] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const article = ".packet:visible";

const checks = {
  // From a phone to a lecture room: nothing moves sideways, and the ladder uses the width that there is.
  async fits() {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [390, 600, 900, 1280, 1920]) {
        for (const place of ["", "#packet-2", "#packet-4"]) {
          await withPage(url + place, async (page) => {
            await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
            const at = `${width} ${place}`;
            const wide = await page.evaluate(() => [...document.querySelectorAll(".pane, html, .ladder")]
              .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.className || part.nodeName));
            assert.deepEqual(wide, [], at);
            const text = page.locator('.ladder a[href="#packet-1"] p');
            const letters = await text.evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
            const ladder = await page.locator(".ladder").first().boundingBox();
            const pane = await page.locator("#details").boundingBox();
            if (width < 900) assert(letters >= 10.5 && pane.y >= ladder.y + ladder.height, `${at}: ${letters} px, below`);
            if (width > 900) assert(pane.x >= ladder.x + ladder.width, `${at}: beside`);
            if (width === 1920) assert(letters >= 19, `${letters} px`);
            // The words in a diagram are large enough to read, and fit their boxes.
            const boxes = await page.locator(`${article} .box`).evaluateAll((all) => all.map((one) => ({
              text: one.innerText, letters: parseFloat(getComputedStyle(one).fontSize),
              fits: one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1,
            })));
            assert.equal(boxes.length > 0, place !== "", at);
            assert.deepEqual(boxes.filter((one) => one.letters < 11 || !one.fits), [], at);
            const dumps = await page.locator(`${article} .bytes`).evaluateAll((all) => all.map((one) => ({
              letters: parseFloat(getComputedStyle(one).fontSize), fits: one.scrollWidth <= one.clientWidth + 1,
            })));
            assert.deepEqual(dumps.filter((one) => one.letters < 10.5 || !one.fits), [], `${at}: bytes`);
            if (place !== "") {
              const bytes = await page.locator(`${article} .ruler`).first().locator("span:visible").count();
              const room = (await page.locator(article).boundingBox()).width;
              assert.equal(bytes, room > 470 ? 4 : 2, `${at}: bytes of a row in ${room} px`);
              if (width !== 900) assert.equal(bytes, width === 390 ? 2 : 4, at);
            }
          }, { viewport: { width, height: 900 }, colorScheme });
        }
      }
    }
  },

  // The transport header first, the headers around it folded, the bytes last.
  async layers() {
    await withPage(`${url}#packet-1`, async (page) => {
      const order = () => page.locator(`${article} :is(h4, summary)`).allInnerTexts();
      const titles = (await order()).map((text) => text.replace(/ bytes \d.*/s, "").trim());
      assert.deepEqual(titles, ["TCP header", "IPv4 header", "Ethernet header", "Bytes"]);
      assert.equal(await page.locator(`${article} .diagram:visible`).count(), 1);
      // What is unfolded stays so from packet to packet, and what is folded again too.
      await page.locator(`${article} summary`).first().click();
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator(`#packet-2 .diagram:visible`).count(), 2);
      await page.locator(`${article} summary`).first().press("Enter");
      assert.equal(await page.locator(`#packet-2 .diagram:visible`).count(), 1);
      await page.locator("#next").click();
      assert.equal(await page.locator(`#packet-3 .diagram:visible`).count(), 1);
    });
  },

  // The questions are answered when they are opened, and by the packets of this capture.
  async predicts() {
    await withPage(url, async (page) => {
      const questions = page.locator(".start .predict");
      const count = await questions.count();
      assert(count >= 3 && count <= 5, `${count} questions`);
      for (let place = 0; place < count; place++) {
        const question = questions.nth(place);
        assert(!(await question.locator("p").isVisible()), "the answer is hidden");
        await question.locator("summary").focus();
        await page.keyboard.press("Enter");
        assert(await question.locator("p").isVisible());
        // The ladder has the number that the answer names.
        const answer = await question.locator("p").innerText();
        const [, number] = /^((?:ack|seq)=\d+)/.exec(answer) ?? [];
        const asked = await question.locator("summary").innerText();
        const packet = (/in packet (\d+)/.exec(answer) ?? /in packet (\d+)/.exec(asked))[1];
        const arrow = await page.locator(`.ladder a[href="#packet-${packet}"]`).innerText();
        assert(arrow.includes(number), `${asked} ${answer}: ${arrow}`);
      }
    });
  },

  // A term leads to its explanation and back, by keyboard; only terms of this page have one.
  async explains() {
    await withPage(url, async (page) => {
      const cards = await page.locator(".term-card").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
      for (const term of ["SYN-SENT", "choice of the ISN", "TIME-WAIT"]) assert(cards.includes(term), `${term}: ${cards}`);
      const term = page.locator(".start .term", { hasText: /^ISN$/ }).first();
      await term.focus();
      await page.keyboard.press("Enter");
      assert.match(await page.locator(".term-card:popover-open").innerText(), /initial sequence number/i);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".term-card:popover-open").count(), 0);
      await page.keyboard.press("ArrowRight");
      const inside = page.locator(`${article} .term`);
      assert(await inside.count() > 1);
      await inside.first().click();
      assert(await page.locator(".term-card:popover-open").isVisible());
      await page.keyboard.press("Escape");
      // The first Escape closes the explanation, the second one leaves the packet.
      assert.equal(await page.evaluate(() => location.hash), "#packet-1");
      await page.keyboard.press("Escape");
      assert(await page.locator(".start").isVisible());
    });
    // Without the script, the list on the start has them all.
    await withPage(url, async (page) => {
      await page.locator(".terms button").first().click();
      assert(await page.locator(".term-card:popover-open").isVisible());
    }, { javaScriptEnabled: false });
  },

  // Many packets: packed in the page, there at once, found, walked, and the same as those that stand in it.
  // Segments of 1,448 bytes that nothing compresses: each shows its headers whole, and of its data as much as there is room for.
  async opens_bulk() {
    const size = statSync(file).size;
    assert(size <= 1_000_000, `${size} bytes`);
    await withPage(`${url}#packet-1501`, async (page) => {
      await page.locator("#packet-1501").waitFor();
      const text = await page.locator("#packet-1501").innerText();
      assert.match(text, /data 1448/);
      assert.match(text, /and 1432 more bytes/);
      const lines = (await page.locator("#packet-1501 .bytes").innerText()).trimEnd().split("\n");
      assert.equal(lines.length, Math.ceil((14 + 20 + 32 + 16) / 16));
    });
  },

  async opens_many() {
    let best = Infinity;
    for (let turn = 0; turn < 3; turn++) {
      await withPage(url, async (page) => {
        await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
        const times = await page.evaluate(() => {
          const [navigation] = performance.getEntriesByType("navigation");
          return [navigation.loadEventEnd, performance.getEntriesByName("first-contentful-paint")[0].startTime];
        });
        best = Math.min(best, Math.max(...times));
      });
    }
    const size = statSync(file).size;
    console.error(`2,000 packets: ${Math.round(best)} ms to load and first paint, ${size} bytes`);
    // A second is the aim on an idle machine; tests share this one.
    assert(best < 4000, `${best} ms`);
    assert(size <= 1_000_000, `${size} bytes`);
    await withPage(`${url}#packet-1500`, async (page) => {
      await page.locator("#packet-1500").waitFor();
      assert.match(await page.locator("#packet-1500 h3").innerText(), /1500/);
      assert(await page.locator("article").count() < 10);
      await page.keyboard.press("ArrowRight");
      assert.match(await page.locator("#packet-1501 h3").innerText(), /1501/);
      // The packet that stands in the page for paper, made again from the packed ones.
      const [plain, unpacked] = await page.evaluate(() => {
        const sample = document.querySelector(".sample");
        const html = sample.innerHTML;
        sample.remove();
        const again = document.createElement("div");
        const text = packed.content.textContent;
        return inflated(text).then((all) => [html, (again.innerHTML = all[0].element().innerHTML, again.innerHTML)]);
      });
      assert.equal(unpacked, plain);
      await page.keyboard.press("/");
      await page.keyboard.type("seq_no_such_thing");
      assert.equal(await page.locator("#found").innerText(), "0 packets");
      await page.locator("#find").fill('"line 7');
      await page.locator("#find").fill("FIN-WAIT-1");
      assert.match(await page.locator("#found").innerText(), /^\d+ packets$/);
    });
    // Without the script its ladders are there, and the page says what is not.
    await withPage(url, async (page) => {
      assert(await page.locator('.ladder a[href="#packet-2000"]').count() === 1);
      assert.match(await page.locator("noscript").innerText(), /JavaScript is off.*sniffer -r many\.pcap --full/);
    }, { javaScriptEnabled: false });
  },
};

await checks[check]();
console.log(`ok ${check}`);
