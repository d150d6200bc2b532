// Drives Chromium: node browser.js MODULES, a job as JSON on stdin, what was seen as JSON on stdout. Only the origin of
// the job is ever reached; whatever a page asks of another one is refused and told.
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

async function open(context, origin, url) {
  const page = await context.newPage();
  const seen = { errors: [], foreign: [], bytes: {} };
  page.on("console", (said) => {
    // That the page itself is missing is what a 404 page is for.
    const isPage = said.location().url === url && /status of 404/.test(said.text());
    if (said.type() === "error" && !isPage) seen.errors.push(said.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("response", async (response) => {
    const kind = response.request().resourceType();
    if (["document", "stylesheet", "script"].includes(kind)) {
      seen.bytes[response.url()] = response.body().then((body) => body.length, () => 0);
    }
  });
  await page.route("**/*", (route) => {
    if (new URL(route.request().url()).origin === origin) return route.continue();
    seen.foreign.push(route.request().url());
    return route.abort();
  });
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  const response = await page.goto(url, { waitUntil: "networkidle" });
  return { page, seen, status: response.status() };
}

// Light and dark differ in colours only: half of the looks ask about nothing else.
const LOOKS = [
  { scheme: "light", width: 1280, options: { runOnly: RULES } },
  { scheme: "dark", width: 1280, options: { runOnly: ["color-contrast", "link-in-text-block"] } },
  { scheme: "dark", width: 360, options: { runOnly: RULES } },
  { scheme: "light", width: 360, options: { runOnly: ["color-contrast", "link-in-text-block"] } },
];

async function visit(browser, job, kind, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const { page, seen, status } = await open(context, job.origin, url);
  const looks = [];
  let text;
  for (const { scheme, width, options } of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    if (job.shots) await page.screenshot({ path: path.join(job.shots, `${kind}-${scheme}-${width}.png`), fullPage: true });
    if (!looks.length) await page.evaluate(axe);
    const { violations } = await page.evaluate((asked) => window.axe.run(document, asked), options);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    looks.push({ scheme, width, overflow, axe: told(violations) });
    text ??= await page.evaluate(words);
  }
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  const large = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const bytes = {};
  for (const [address, size] of Object.entries(seen.bytes)) bytes[address] = await size;
  const csp = await page.evaluate(() => window.violations);
  await context.close();
  return { kind, url, status, looks, large, text, bytes, csp, errors: seen.errors, foreign: seen.foreign };
}

function told(violations) {
  const short = (node) => node.html.slice(0, 160);
  return violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map(short).join(" | ")}`);
}

// Lines of the main part without what is only there to be pressed.
function words() {
  const main = document.querySelector("main");
  if (!main) return null;
  for (const details of main.querySelectorAll("details")) details.open = true;
  const buttons = [...main.querySelectorAll("button")].map((button) => button.innerText.trim());
  const lines = main.innerText.split("\n").map((line) => line.trim());
  return lines.filter((line) => line && !buttons.includes(line));
}

async function scriptless(browser, job, kind, url) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const { page } = await open(context, job.origin, url);
  if (job.shots) await page.screenshot({ path: path.join(job.shots, `${kind}-scriptless.png`), fullPage: true });
  // Scripts of the page are off, those of its driver are not.
  const text = await page.evaluate(words);
  await context.close();
  return { kind, text };
}

async function visits(browser, job) {
  const seen = [], without = [];
  for (const [kind, url] of Object.entries(job.pages)) {
    seen.push(await visit(browser, job, kind, url));
    without.push(await scriptless(browser, job, kind, url));
  }
  return { seen, without };
}

// Presses keys one after the other and tells after each what somebody sees of the search.
async function keys(browser, job) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const { page, seen } = await open(context, job.origin, job.url);
  const states = [];
  for (const step of job.steps) {
    // At once: on a busy machine somebody who types would be answered in between.
    if (step.type) await page.keyboard.insertText(step.type);
    if (step.press) await page.keyboard.press(step.press);
    if (step.choose) await page.locator(step.choose[0]).selectOption(step.choose[1]);
    if (step.status) {
      const wanted = (text) => new RegExp(text).test(document.querySelector("[role=status]")?.textContent ?? "");
      await page.waitForFunction(wanted, step.status, { timeout: 60000 });
    }
    if (step.url) await page.waitForURL(step.url, { timeout: 60000 });
    states.push(await page.evaluate(state));
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
  if (job.shot) await page.screenshot({ path: job.shot });
  await context.close();
  return { states, errors: seen.errors, foreign: seen.foreign, axe: violations.map((each) => `${each.id}: ${each.nodes[0].html}`) };
}

function state() {
  const box = document.querySelector("#search");
  const list = document.querySelector("#results");
  const options = [...document.querySelectorAll("#results [role=option]")];
  return {
    url: location.href,
    focused: document.activeElement === box,
    value: box?.value,
    expanded: box?.getAttribute("aria-expanded"),
    marked: getComputedStyle(document.getElementById(box?.getAttribute("aria-activedescendant") || "search")).outlineStyle,
    active: document.getElementById(box?.getAttribute("aria-activedescendant") || "-")?.dataset.name ?? null,
    shown: Boolean(list && list.offsetParent !== null && options.length),
    names: options.map((option) => option.dataset.name),
    links: options.map((option) => option.querySelector("a")?.getAttribute("href") ?? option.closest("a")?.getAttribute("href")),
    texts: options.map((option) => option.textContent.replace(/\s+/g, " ").trim()),
    status: document.querySelector("[role=status]")?.textContent.trim() ?? null,
  };
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath: job.chromium, args: FLAGS });
  try {
    const done = job.pages ? await visits(browser, job) : await keys(browser, job);
    process.stdout.write(JSON.stringify(done));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
