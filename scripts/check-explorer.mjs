// Opens the explorer in a browser: `node check-explorer.mjs TOOLS BROWSER PAGE EXPECTED [PICTURES]`.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [tools, browserPath, file, expected, pictures] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(tools), "node_modules", "here.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const DESKTOP = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };
const MOST_BYTES = 2_000_000;
/** What an answer may take, in milliseconds, where the machine is busy with other things. Alone it should take a tenth of that. */
const MOST_TIME = 1000;
/** Of a script of more calls than these the page may think longer, in its worker. */
const LONG = 1000;

// Root may not use the browser's own sandbox.
const browser = await chromium.launch({ executablePath: browserPath, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });

async function open({ fragment = "", viewport = DESKTOP, colorScheme = "light" } = {}) {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
  page.errors = [];
  page.on("console", (message) => page.errors.push(message.text()));
  page.on("pageerror", (error) => page.errors.push(error.message));
  page.on("request", (request) => /^(file|blob|data):/.test(request.url()) || page.errors.push(`asks for ${request.url()}`));
  await page.goto(pathToFileURL(file).href + fragment);
  await page.waitForFunction(() => document.body.dataset.answered && document.querySelector("#rules table"));
  return page;
}

/** Waits until what was just asked is answered. */
async function settled(page, ask) {
  await ask();
  await page.waitForFunction(() => document.querySelector("#table").ariaBusy === "false");
}

async function isAccessible(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await page.evaluate((tags) => window.axe.run({ runOnly: tags }), tags);
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`);
  assert.deepEqual(said, [], `accessibility of ${where}`);
}

async function picture(page, name, fullPage = false) {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage });
}

const rows = (page) => page.locator("#table tbody tr").count();
const isOpen = (page) => page.locator("#details").evaluate((dialog) => dialog.open);
const MISTAKEN = "a: f = shm_open(@x, RDWR|CREAT|EXCL, 0600)\na: ftruncat(f, 4096)\n";

async function looks() {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
      const where = `${colorScheme}-${name}`;
      const page = await open({ viewport, colorScheme });
      await picture(page, where);
      await isAccessible(page, where);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${where}: the page is ${wide} pixels too wide`);
      await page.locator("#table td.differs > button").first().click();
      await picture(page, `${where}-open`);
      await isAccessible(page, `${where}, with an answer that is open`);
      await page.locator("#close").click();
      await page.locator("#choices summary").click();
      await settled(page, () => page.locator("#example").selectOption({ label: "Attach before it is sized" }));
      await page.waitForFunction(() => document.querySelector("#outcomes section"));
      await page.locator("#script").fill(MISTAKEN);
      await page.locator("#marks mark").waitFor();
      await isAccessible(page, `${where}, with a mistake, choices and a race`);
      await picture(page, `${where}-all`, true);
      assert.deepEqual(page.errors, [], where);
      await page.close();
    }
  }
  console.log("accessible in light and dark, at a desk and on a phone");
}

async function typed() {
  const page = await open();
  await settled(page, () => page.locator("#script").fill("a: shm_open(@x:32, RDWR|CREAT, 0600)"));
  assert.equal(await rows(page), 1);
  const macos = page.locator("#table th", { hasText: "macos" });
  const column = await macos.evaluate((head) => head.cellIndex);
  assert.match(await page.locator("#table tbody tr").locator(`> :nth-child(${column + 1})`).innerText(), /ENAMETOOLONG/);
  await page.locator("#script").fill(MISTAKEN);
  assert.equal(await page.locator("#marks mark").textContent(), "ftruncat");
  const [mark, text] = await page.evaluate(() => [document.querySelector("#marks mark"), document.querySelector("#script")].map((element) => element.getBoundingClientRect().toJSON()));
  assert.ok(mark.y > text.y && mark.right < text.right, "the mistake is underlined within the script");
  assert.ok(await page.locator("#outdated").isVisible(), "the answers are said to be out of date");
  assert.match(await page.locator("#problem").innerText(), /Line 2, column 4.*Did you mean ftruncate\?/);
  await settled(page, () => page.locator("#use").click());
  assert.equal(await rows(page), 2, "the suggestion mends the script");
  assert.equal(await page.locator("#marks mark").count(), 0);
  assert.ok(await page.locator("#outdated").isHidden());
  await page.locator("#script").fill('shm_unlink("/x");');
  await page.locator("#use").click();
  await settled(page, () => page.locator("#use").click());
  assert.equal(await page.locator("#script").inputValue(), 'a: shm_unlink("/x")', "what was meant takes the place of what is wrong alone");
  await page.locator("#script").fill("");
  await page.waitForFunction(() => /^Write a call/.test(document.querySelector("#problem").textContent));
  const race = "race {\na: shm_unlink(@x)\nb: shm_unlink(@x)\n}\n";
  await settled(page, () => page.locator("#script").fill(`a: shm_open(@x, RDWR|CREAT, 0600)\n${race}`));
  await page.locator("#outcomes section").first().waitFor();
  await page.locator("#script").fill(MISTAKEN);
  await page.locator("#race.outdated").waitFor();
  assert.deepEqual(page.errors, []);
  await page.close();
  console.log("a typed script is answered, and a mistake is underlined and mended");
}

async function links() {
  const page = await open();
  await page.locator("#choices summary").click();
  await page.locator("#on-haiku").uncheck();
  await page.locator("#release-macos").fill("10.14.3");
  await settled(page, () => page.locator("#page-size").selectOption("16384"));
  await settled(page, () => page.locator("#user").selectOption("0"));
  await settled(page, () => page.locator("#script").fill("a: f = shm_open(@x, RDWR|CREAT, 0)\na: shm_unlink(@x)  # gone\n"));
  const state = () => [...document.querySelectorAll("textarea, select, input")].map((field) => [field.id, field.type === "checkbox" ? field.checked : field.value]).concat([["table", document.querySelector("#table").innerText]]);
  const fragment = await page.evaluate(() => location.hash);
  const other = await open({ fragment });
  assert.deepEqual(await other.evaluate(state), await page.evaluate(state));
  assert.match(await other.locator("#table thead").innerText(), /macos@10\.14\.3,page_size=16384/);
  assert.doesNotMatch(await other.locator("#table thead").innerText(), /haiku/);
  await page.locator("#release-macos").fill("10.14.x");
  await settled(page, () => page.locator("#release-macos").blur());
  assert.match(await page.locator("#refused").innerText(), /^Left out: profile macos: found 10\.14\.x, expected a release/);
  assert.deepEqual([...page.errors, ...other.errors], []);
  await page.close();
  await other.close();
  console.log("a link restores the script and the choices");
}

/** Is what has the focus to the right of the column that stays in view? */
function isUncovered() {
  const column = document.activeElement.closest("table").querySelector("thead th").getBoundingClientRect();
  return document.activeElement.getBoundingClientRect().left >= column.right - 1;
}

async function keyboard() {
  const page = await open();
  const press = async (key, until, what) => {
    for (let presses = 0; !(await page.evaluate(until)); presses += 1) {
      assert.ok(presses < 60, what);
      await page.keyboard.press(key);
    }
  };
  await press("Tab", () => document.activeElement.id === "script", "Tab reaches the script");
  await page.keyboard.press("ControlOrMeta+a");
  await settled(page, () => page.keyboard.type("a: f = create(1)\na: ftruncate(f, 2)"));
  const written = await page.locator("#script").inputValue();
  await page.locator(".skip-link").focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.evaluate(() => document.activeElement.id === "answers"), "the link leads to the answers");
  assert.equal(await page.locator("#script").inputValue(), written, "the link leaves the script as it is");
  await press("Tab", () => document.activeElement.matches("#table td > button"), "Tab reaches an answer");
  const start = await page.evaluate(() => document.activeElement.closest("td").cellIndex);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const place = () => [document.activeElement.closest("tr").rowIndex, document.activeElement.closest("td").cellIndex];
  assert.deepEqual(await page.evaluate(place), [2, start + 1]);
  await page.keyboard.press("Enter");
  assert.ok(await isOpen(page), "Enter opens an answer");
  assert.match(await page.locator("#details-body").innerText(), /ftruncate:\d+/);
  await page.keyboard.press("Escape");
  assert.ok(!(await isOpen(page)), "Escape closes it");
  assert.deepEqual(await page.evaluate(place), [2, start + 1], "the focus goes back to the answer");
  await press("Tab", () => document.activeElement.id === "rules-text", "Tab reaches the search of the rules");
  await page.keyboard.type("map_exec");
  const shown = await page.locator("#rules tbody tr:visible").count();
  assert.ok(shown > 0 && shown < 10, `${shown} rules are found`);
  await press("Tab", () => document.activeElement.matches("#rules td > button"), "Tab reaches a rule");
  for (const key of [...Array(9).fill("ArrowRight"), ...Array(9).fill("ArrowLeft")]) {
    await page.keyboard.press(key);
    assert.ok(await page.evaluate(isUncovered), `the column of the rules covers nothing behind ${key}`);
  }
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => !document.activeElement.matches("#rules td > button")), "Tab leaves the rules");
  assert.deepEqual(page.errors, []);
  await page.close();
  console.log("the keyboard alone writes a script, opens an answer, and searches the rules");
}

/** What takes longer than it may is stopped with a word, and the page goes on. */
async function stops() {
  const page = await open();
  await page.evaluate(() => (document.body.dataset.mostTime = "10"));
  await page.locator("#script").fill("a: f = create(PAGE)\nrepeat 9000 {\n    a: m = mmap(f, 0, PAGE, READ|WRITE, SHARED)\n}");
  await page.waitForFunction(() => /Stopped after/.test(document.querySelector("#said").textContent));
  await page.evaluate(() => Object.assign(document.body.dataset, { mostTime: "5000", within: "0" }));
  await settled(page, () => page.locator("#script").fill("repeat 20 {\n    a: f = create(1)\n    a: close(f)\n}"));
  assert.match(await page.locator("#said").innerText(), /^Stopped after 0 ms, at call 16 of 40\./);
  await settled(page, () => page.locator("#answer-all").click());
  assert.equal(await rows(page), 40, "the button answers all calls");
  await page.evaluate(() => (document.body.dataset.within = "100"));
  await settled(page, () => page.locator("#script").fill("a: f = create(PAGE)"));
  assert.equal(await rows(page), 1);
  assert.deepEqual(page.errors, []);
  await page.close();
  console.log("a script that takes too long is stopped with a word");
}

/** As the page tells an outcome. */
const told = (outcome) => (outcome === "ENOSYS" ? "no such call (ENOSYS)" : outcome);
const byPlatform = (one, other) => (one.profile < other.profile ? -1 : 1);

/** The answers of the page are those of the command, for every case on every platform. */
async function same() {
  const wanted = new Map();
  for (const name of fs.readdirSync(expected).sort()) {
    for (const answers of JSON.parse(fs.readFileSync(path.join(expected, name), "utf8"))) {
      wanted.set(answers.script, [...(wanted.get(answers.script) ?? []), answers]);
    }
  }
  const page = await open();
  const cases = await page.locator("#example optgroup[label^=Cases] option").evaluateAll((options) => options.map(({ value, textContent }) => [value, textContent]));
  assert.equal(cases.length, wanted.size, "every case is there");
  let [answers, slowest, slow] = [0, 0, ""];
  const times = [];
  const long = [];
  for (const [value, id] of cases) {
    await settled(page, () => page.locator("#example").selectOption(value));
    if (await page.locator("#answer-all").isVisible()) await settled(page, () => page.locator("#answer-all").click());
    const shown = await page.evaluate(() => ({
      took: Number(document.body.dataset.took),
      held: window.answers,
      names: [...document.querySelectorAll("#table thead th")].slice(1).map((head) => [...head.querySelectorAll(".name")].map((name) => name.textContent)),
      cells: [...document.querySelectorAll("#table tbody tr")].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector(".first").textContent)),
    }));
    const [{ calls: { length } }] = wanted.get(id);
    if (length > LONG) long.push(`${id} of ${length} calls in ${shown.took.toFixed()} ms`);
    else times.push(shown.took);
    if (length <= LONG && shown.took > slowest) [slowest, slow] = [shown.took, id];
    const held = shown.held.map((answers) => ({ format: "shmconf-answers/1", ...answers }));
    assert.deepEqual(held.sort(byPlatform), wanted.get(id).sort(byPlatform), id);
    for (const { profile, calls } of wanted.get(id)) {
      const column = shown.names.findIndex((names) => names.includes(profile));
      assert.deepEqual(shown.cells.map((cells) => cells[column]), calls.slice(0, shown.cells.length).map(({ allowed }) => told(allowed[0].outcome)), `${id} on ${profile}`);
      answers += calls.length;
    }
  }
  assert.ok(slowest < MOST_TIME, `${slow} took ${slowest.toFixed()} ms`);
  assert.deepEqual(page.errors, []);
  await page.close();
  times.sort((one, other) => one - other);
  const part = (of) => `${times[Math.floor((times.length - 1) * of)].toFixed()} ms`;
  console.log(`half of the cases are answered and shown in ${part(0.5)}, nine of ten in ${part(0.9)}`);
  console.log(`the page and the command agree on ${answers} answers to ${cases.length} cases; the slowest, ${slow}, is answered and shown in ${slowest.toFixed()} ms; ${long.join(", ")}`);
}

try {
  const bytes = fs.statSync(file).size;
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  for (const check of [looks, typed, links, keyboard, stops, same]) await check();
} finally {
  await browser.close();
}
