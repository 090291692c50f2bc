// Takes the pictures of the sample application's page that the docs show, by the address of an environment that is up:
// `npm run docs:screenshots`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startBrowser } from "../../test/browser/chromium.ts";

const folder = join(import.meta.dirname, "..", "images");
const { BASE_URL = "" } = process.env;

await mkdir(folder, { recursive: true });
const { browser, end } = await startBrowser();
try {
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width: 720, height: 640 };
    const page = await browser.newPage({ colorScheme, viewport, deviceScaleFactor: 1.5 });
    await page.goto(BASE_URL);
    await page.screenshot({ path: join(folder, `deals-${colorScheme}.png`), fullPage: true });
  }
} finally {
  await end();
}
