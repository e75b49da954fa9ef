// Debian's Chromium, driven by playwright-core. What a page says on the console, every error, and every request but that for
// the page itself are kept: each is a failure.
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function withPage(url, work, options = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${error}`));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== url.split("#")[0]) said.push(`request: ${request.url()}`);
    });
    page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.goto(url);
    const outcome = await work(page);
    if (said.length > 0) throw new Error(said.join("\n"));
    return outcome;
  } finally {
    await browser.close();
  }
}
