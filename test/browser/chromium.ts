import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** A file of each Debian package that the browser needs. Ubuntu has it as a snap alone, which containers do not run: Chrome does. */
export const browserFiles = {
  chromium: ["/usr/bin/chromium", "/usr/bin/google-chrome"],
  "libnss3-tools": ["/usr/bin/certutil"],
};

/** Nothing but the pages that it is told to open. */
const quiet = [
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/**
 * Starts a browser with a profile of its own, which goes when `end` is called.
 * @param authority file with one whose certificates it trusts. Default: those that every browser trusts.
 */
export async function startBrowser(
  authority?: string,
): Promise<{ browser: Browser; end: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), "browser-"));
  const forget = () => {
    rmSync(home, { recursive: true, force: true });
  };
  try {
    if (authority !== undefined) trust(authority, join(home, ".pki", "nssdb"));
    const browser = await chromium.launch({
      executablePath: browserFiles.chromium.find((file) => existsSync(file)) ?? "",
      args: quiet,
      env: { ...process.env, HOME: home },
    });
    const end = async () => {
      await browser.close();
      forget();
    };
    return { browser, end };
  } catch (error) {
    forget();
    throw error;
  }
}

/** Chromium asks this database which authorities its user trusts. */
function trust(authority: string, database: string): void {
  mkdirSync(database, { recursive: true });
  const certutil = (...args: string[]) => execFileSync("certutil", ["-d", `sql:${database}`, ...args]);
  certutil("-N", "--empty-password");
  certutil("-A", "-n", "gateway", "-t", "C,,", "-i", authority);
}
