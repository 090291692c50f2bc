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

/** Opens a page in a window of its own, and fails on whatever the browser complains of. */
async function opened(
  url: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
    const response = await page.goto(url);
    assert.equal(response?.status(), 200);
    await look(page);
    assert.deepEqual(complaints, []);
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
  const socks = await table.getByRole("rowheader").allTextContents();
  assert.equal(new Set(socks).size, 10);
  for (const name of socks) {
    const cells = await table.getByRole("row", { name }).getByRole("cell").allTextContents();
    assert.match(cells.join(" "), /^\$\d+\.\d\d \d+% \$\d+\.\d\d$/);
  }
  assert.match(await page.getByRole("contentinfo").innerText(), new RegExp(`commit ${EXPECTED_COMMIT}\\.`));
}

void test("the page of the environment's address has every deal, of the commit that was deployed", async () => {
  await opened(BASE_URL, expectDeals);
});

void test("it is the same without JavaScript", async () => {
  await opened(BASE_URL, expectDeals, { javaScriptEnabled: false });
});

void test("it is the same by HTTPS, which the gateway's authority vouches for", async () => {
  assert.match(DYNENV_SECURE_URL, /^https:/);
  await opened(DYNENV_SECURE_URL, expectDeals);
});

void test("another authority's certificate would not do", async () => {
  const other = await startBrowser();
  try {
    const page = await other.browser.newPage();
    await assert.rejects(page.goto(DYNENV_SECURE_URL), /ERR_CERT_AUTHORITY_INVALID/);
  } finally {
    await other.end();
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  void test(`${colorScheme}, and as narrow as a telephone, it breaks none of axe's rules and needs no scrolling sideways`, async () => {
    const accessible = async (page: Page) => {
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate<axe.AxeResults>("axe.run()");
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        [],
      );
      assert.ok(passes.some(({ id }) => id === "color-contrast"));
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 360);
    };
    await opened(BASE_URL, accessible, { colorScheme, viewport: { width: 360, height: 800 } });
  });
}

void test("it runs no script that somebody put into it", async () => {
  await opened(BASE_URL, async (page) => {
    page.removeAllListeners("console");
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'stolen'" }))`,
    );
    assert.equal(await page.title(), "Deals on socks");
  });
});
