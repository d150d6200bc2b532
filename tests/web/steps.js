// Drives Chromium along steps: node steps.js MODULES, a job as JSON on stdin, what was seen as JSON on stdout. Only the
// origin of the job is ever reached. `answers` stand in for calls of the API, by method and path, one after the other;
// one comes `after` so many milliseconds, or `hangs`. Patience of the page ends `hurry` times as soon. Pages that are left
// are kept for going back if it `remembers`, as browsers do for people.
"use strict";

const path = require("node:path");
const fs = require("node:fs");

const modules = path.resolve(process.argv[2]);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = fs.readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COLOURS = ["color-contrast", "link-in-text-block"];
const LOOKS = [["light", 1280, RULES], ["dark", 1280, COLOURS], ["dark", 360, RULES], ["light", 360, COLOURS]];
const PATIENCE = 60000;

class Walk {
  constructor(page, context, job) {
    Object.assign(this, { page, context, job, answers: { ...job.answers }, asked: [], looks: [], told: [], tabs: [] });
  }

  async go(where) { await this.page.goto(this.job.origin + where, { waitUntil: "networkidle" }); }
  async back() { await this.page.goBack({ waitUntil: "commit" }); }
  async click(selector) { await this.page.locator(selector).click({ timeout: PATIENCE }); }

  /** Clicks one after the other, faster than any event of the browser can come between. */
  async clicks(selectors) {
    await this.page.evaluate((all) => { for (const each of all) document.querySelector(each).click(); }, selectors);
  }

  async fill([selector, text]) { await this.page.locator(selector).fill(text, { timeout: PATIENCE }); }
  async press(key) { await this.page.keyboard.press(key); }
  async type(text) { await this.page.keyboard.insertText(text); }
  async choose([selector, value]) { await this.page.locator(selector).selectOption(value, { timeout: PATIENCE }); }
  async answer(changes) { Object.assign(this.answers, changes); }
  async forget() { await this.context.clearCookies(); }
  async cookie([name, value]) { await this.context.addCookies([{ name, value, url: this.job.origin }]); }
  async url(wanted) { await this.page.waitForURL(wanted, { timeout: PATIENCE }); }

  /** Waits until the text of something matches. */
  async see([selector, text]) {
    const matches = ([where, pattern]) => {
      const shown = [...document.querySelectorAll(where)].filter((node) => node.checkVisibility());
      return new RegExp(pattern, "s").test(shown.map((node) => node.innerText).join("\n"));
    };
    await this.page.waitForFunction(matches, [selector, text], { timeout: PATIENCE });
  }

  async gone(selector) { await this.page.locator(selector).first().waitFor({ state: "hidden", timeout: PATIENCE }); }

  async focused(selector) {
    await this.page.waitForFunction((where) => document.activeElement?.matches(where), selector, { timeout: PATIENCE });
  }

  /** Presses Tab until something has the focus, as somebody does who has no mouse. */
  async reach(selector) {
    for (let count = 0; count < 200; count += 1) {
      if (await this.page.evaluate((where) => document.activeElement?.matches(where), selector)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error("no number of Tabs leads there");
  }

  async paste() { this.told.push(await this.page.evaluate(() => navigator.clipboard.readText())); }

  async tell(selector) { this.told.push(await this.page.locator(selector).first().innerText({ timeout: PATIENCE })); }

  async download(selector) {
    const waiting = this.page.waitForEvent("download", { timeout: PATIENCE });
    await this.page.locator(selector).click({ timeout: PATIENCE });
    const got = await waiting;
    this.told.push(`${got.suggestedFilename()}\n${fs.readFileSync(await got.path(), "utf8")}`);
  }

  /** Somebody does the steps in another tab and comes back. */
  async elsewhere(steps) {
    const before = this.page;
    this.page = await this.context.newPage();
    await run(this, steps);
    await this.page.close();
    this.page = before;
    await before.bringToFront();
    await before.evaluate(() => dispatchEvent(new Event("focus")));
  }

  // Light and dark differ in colours only, as in browser.js.
  async look(name) {
    for (const [scheme, width, rules] of LOOKS) {
      await this.page.emulateMedia({ colorScheme: scheme });
      await this.page.setViewportSize({ width, height: 900 });
      if (this.job.shots) await this.page.screenshot({ path: path.join(this.job.shots, `my-${name}-${scheme}-${width}.png`), fullPage: true });
      if (!await this.page.evaluate(() => Boolean(window.axe))) await this.page.evaluate(axe);
      const { violations } = await this.page.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
      const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const told = violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      this.looks.push({ name, scheme, width, overflow, axe: told });
    }
    await this.page.setViewportSize({ width: 1280, height: 900 });
    await this.page.emulateMedia({ colorScheme: "light" });
  }

  /** An answer that stands in for the index's own, if there is one for this call. */
  stand(request) {
    const { pathname, search } = new URL(request.url());
    const found = Object.entries(this.answers).find(([call]) => call === `${request.method()} ${pathname}`);
    if (!found) return null;
    const [call, answers] = found;
    this.asked.push({ call, search, body: request.postDataJSON(), csrf: request.headers()["x-csrf-token"] ?? null });
    const [next, ...others] = answers;
    if (others.length) this.answers[call] = others;
    if (next.hangs) return next;
    const { status = 200, json = null, headers = {}, after = 0 } = next;
    const type = status < 400 ? "application/json" : "application/problem+json";
    return { after, answer: { status, headers: { "Content-Type": type, ...headers }, body: json === null ? "" : JSON.stringify(json) } };
  }
}

async function run(walk, steps) {
  for (const [at, step] of steps.entries()) {
    const [[verb, value]] = Object.entries(step);
    try {
      await walk[verb](value);
    } catch (error) {
      const focus = await walk.page.evaluate(() => `${document.activeElement?.outerHTML.slice(0, 200)}\n${document.querySelector("main")?.innerText}`);
      if (walk.job.shots) await walk.page.screenshot({ path: path.join(walk.job.shots, "my-stuck.png"), fullPage: true });
      throw new Error(`step ${at} ${JSON.stringify(step)}: ${error.message}\n${focus}`);
    }
  }
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const forgetting = job.remembers ? ["--disable-back-forward-cache"] : [];
  const browser = await chromium.launch({ executablePath: job.chromium, args: FLAGS, ignoreDefaultArgs: forgetting });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, permissions: job.permissions });
    const page = await context.newPage();
    const walk = new Walk(page, context, job);
    const errors = [], foreign = [], violations = [];
    context.on("console", (said) => { if (said.type() === "error") errors.push(said.text()); });
    context.on("weberror", (error) => errors.push(String(error.error())));
    await context.exposeFunction("violated", (text) => violations.push(text));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`));
    });
    await context.route("**/*", (route) => {
      const request = route.request();
      const { origin } = new URL(request.url());
      if (origin !== job.origin && !(job.allowed ?? []).includes(origin)) {
        foreign.push(request.url());
        return route.abort();
      }
      const found = walk.stand(request);
      if (!found) return route.continue();
      if (found.hangs) return undefined;
      return setTimeout(() => route.fulfill(found.answer).catch(() => {}), found.after);
    });
    if (job.hurry) {
      await context.addInitScript((factor) => {
        const timeout = AbortSignal.timeout.bind(AbortSignal);
        AbortSignal.timeout = (milliseconds) => timeout(milliseconds / factor);
      }, job.hurry);
    }
    await run(walk, job.steps);
    process.stdout.write(JSON.stringify({ errors, foreign, violations, looks: walk.looks, asked: walk.asked, told: walk.told }));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
