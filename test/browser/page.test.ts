// The sample application's page in a browser, by the address of its environment: `dynenv test --outside -- node --test
// test/browser/page.test.ts`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startBrowser } from "./chromium.ts";

const { BASE_URL = "", DYNENV_SECURE_URL = "", DYNENV_CA_FILE = "", EXPECTED_COMMIT = "" } = process.env;
let browser: Browser;
let end: () => Promise<void>;

before(async () => {
  ({ browser, end } = await startBrowser(DYNENV_CA_FILE));
});

after(() => end());

/** Opens a page in a window of its own. @returns what the browser complained of. */
async function opened(
  url: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<string[]> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
    let status = (await page.goto(url))?.status();
    // On a busy machine the catalogue may need longer than the two seconds that it has.
    for (let time = 0; time < 5 && status === 502; time++) {
      complaints.length = 0;
      status = (await page.reload())?.status();
    }
    assert.equal(status, 200);
    await look(page);
    return complaints;
  } finally {
    await context.close();
  }
}

/** Finds all that the page is for, as those do who hear it. */
async function expectDeals(page: Page): Promise<void> {
  assert.equal(await page.title(), "Deals on socks");
  const heading = page.getByRole("banner").getByRole("heading", { level: 1, name: "Deals on socks" });
  assert.ok(await heading.isVisible());
  const table = page.getByRole("main").getByRole("table", { name: "10 socks on offer" });
  const columns = await table.getByRole("columnheader").allTextContents();
  assert.deepEqual(columns, ["Sock", "Regular price", "Discount", "Deal"]);
  assert.equal(new Set(await table.getByRole("rowheader").allTextContents()).size, 10);
  const [, ...rows] = await table.getByRole("row").allInnerTexts();
  assert.equal(rows.length, 10);
  for (const row of rows) assert.match(row, /^[A-Z][\w ]+\t\$\d+\.\d\d\t\d+%\t\$\d+\.\d\d$/);
  assert.match(await page.getByRole("contentinfo").innerText(), new RegExp(`commit ${EXPECTED_COMMIT}\\.`));
}

void test("the page of the environment's address has every deal, of the commit that was deployed", async () => {
  assert.deepEqual(await opened(BASE_URL, expectDeals), []);
});

void test("it is the same without JavaScript, and by HTTPS, which the gateway's authority vouches for", async () => {
  assert.match(DYNENV_SECURE_URL, /^https:/);
  assert.deepEqual(await opened(DYNENV_SECURE_URL, expectDeals, { javaScriptEnabled: false }), []);
});

void test("light and dark, and as narrow as a telephone, it breaks none of axe's rules", async () => {
  const look = async (page: Page) => {
    await page.evaluate(axe.source);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate<axe.AxeResults>("axe.run()");
      const broken = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      assert.deepEqual(broken, [], colorScheme);
      assert.ok(passes.some(({ id }) => id === "color-contrast"));
    }
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
  };
  assert.deepEqual(await opened(BASE_URL, look, { viewport: { width: 360, height: 800 } }), []);
});

void test("it runs no script that somebody puts into it", async () => {
  const script = `Object.assign(document.createElement("script"), { textContent: "document.title = 'stolen'" })`;
  const [complaint, ...others] = await opened(BASE_URL, async (page) => {
    await page.evaluate(`document.body.append(${script})`);
    assert.equal(await page.title(), "Deals on socks");
  });
  assert.match(complaint ?? "", /violates the following Content Security Policy directive/);
  assert.deepEqual(others, []);
});
