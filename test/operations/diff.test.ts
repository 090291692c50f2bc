import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { execa } from "execa";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { diffPage } from "../../cli/release/diffPage.ts";
import type { DiffReport } from "../../cli/release/diffReport.ts";
import { lockPath, StableBranch } from "../../cli/release/stableBranch.ts";
import { deals } from "../../example/shop.ts";
import { lockText, sealed } from "../../foundation/releaseLock.ts";
import { sharedWords } from "../../foundation/sharedWithPreviews.ts";
import type { Definition } from "../../stacks/definition.ts";
import { lockedDefinition } from "../../stacks/lockedDefinition.ts";
import { startBrowser } from "../browser/chromium.ts";
import { installBrowser } from "../integration/browserTests.ts";
import { adminKubeconfig, kubectl, shell, uniqueName } from "../integration/shell.ts";
import { startSimulatedNode } from "../integration/simulatedNode.ts";
import { standInOf, standIns } from "../integration/standIns.ts";
import { hostileReport } from "../unit/diffReports.ts";
import { author, gitAs } from "../unit/gitAs.ts";
import { checkOut, type Checkout } from "./pipelineCheckout.ts";

const stack = uniqueName("staging");
const pool = uniqueName("pool");
const project = `shop/${stack}`;
const env = { ...shell, ...author, KUBECONFIG: adminKubeconfig, DYNENV_PROJECT: project };
const definition: Definition = {
  application: "deals",
  services: { deals: { build: "example", ...deals, uses: [] } },
  tests: [{ command: ["true"] }],
};
let folder = "";
let checkout: Checkout;
let end = () => Promise.resolve();

beforeAll(async () => {
  end = await startSimulatedNode(pool, { pool });
  folder = await mkdtemp(join(tmpdir(), "diff-"));
  const program = [
    'import { preview } from "./stacks/index.ts";',
    `export default preview(${JSON.stringify(definition)});`,
  ];
  checkout = await checkOut(folder, "train", { "index.ts": program.join("\n") });
  await execa("git", ["remote", "set-url", "origin", checkout.origin], { cwd: checkout.folder });
}, 60_000);

afterAll(async () => {
  await dynenv("down", "--stack", stack, "--yes-remove", stack);
  await rm(folder, { recursive: true, force: true });
  await end();
});

async function dynenv(...args: string[]) {
  const options = { cwd: checkout.folder, env, extendEnv: false, all: true, reject: false } as const;
  const { exitCode, all, stdout } = await execa(join(checkout.folder, "cli", "dynenv"), args, options);
  return { exitCode, output: all, stdout };
}

async function configure(cluster: string): Promise<void> {
  const settings = {
    kind: "standing",
    cluster,
    nodeSelector: JSON.stringify({ pool }),
    sharedWithPreviews: sharedWords,
  };
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`dynenv:${key}`, value]));
  await writeFile(join(checkout.folder, `Pulumi.${stack}.yaml`), stringify({ config }));
}

/** Any image that is in the registry: nothing runs it. */
async function release(version: string): Promise<void> {
  const images = { deals: standInOf(Object.keys(standIns)[0] ?? "") };
  const graph = JSON.parse(JSON.stringify(lockedDefinition(definition, images))) as Record<string, unknown>;
  const { commit, branch: ref } = checkout;
  const lock = sealed({
    ...{ version, project, commit, ref, environment: stack, program: "1.0.0", images, services: [], graph },
    ...{ migrations: {}, secretFiles: {}, objects: `sha256:${"0".repeat(64)}` },
  });
  const message = { subject: `Release ${version}`, trailers: { Release: version, "Source-commit": commit } };
  await StableBranch.add(gitAs(checkout.folder), message, () =>
    Promise.resolve({ [lockPath(version)]: lockText(lock) }),
  );
}

async function drift() {
  const { exitCode, stdout, output } = await dynenv(
    "diff",
    stack,
    "--json",
    "--html",
    join(folder, "diff.html"),
  );
  expect(stdout, output).not.toBe("");
  const { drift: facts, notes } = JSON.parse(stdout) as DiffReport;
  const objects = facts.flatMap((one) => one.objects);
  const found = objects.map(({ object, what, differences }) => [
    object,
    what,
    differences.map(({ path }) => path),
  ]);
  return { exitCode, found, notes };
}

/** Deploys the environment again. @throws unless it is what it is to be then. */
async function requireMended(up: () => ReturnType<typeof dynenv>): Promise<void> {
  const again = await up();
  expect(again.exitCode, again.output).toBe(0);
  expect(await drift()).toEqual({ exitCode: 0, found: [], notes: [] });
}

test("what somebody does to a standing environment is told until it is deployed again", async () => {
  await release("1.0.0");
  const up = () => dynenv("up", "--from-lock", "1.0.0", "--stack", stack);
  await configure("elsewhere");
  const { output } = await up();
  const [, cluster = ""] = /but the kubeconfig leads to (\S+):/.exec(output) ?? [];
  await configure(cluster);
  const made = await up();
  expect(made.exitCode, made.output).toBe(0);
  expect(await drift()).toEqual({ exitCode: 0, found: [], notes: [] });

  const within = ["-n", `env-${stack}`];
  await kubectl("scale", "deployment/deals", "--replicas=2", ...within);
  await kubectl("set", "env", "deployment/deals", "DEBUG=1", ...within);
  const taint = '{"spec":{"template":{"spec":{"tolerations":[{"key":"a","operator":"Exists"}]}}}}';
  await kubectl("patch", "deployment/deals", "--patch", taint, ...within);
  const changed = await drift();
  expect(changed.found).toEqual([
    [
      "Deployment/deals",
      "changed",
      ["spec.replicas", "spec.template.spec.containers[deals].env[DEBUG]", "spec.template.spec.tolerations"],
    ],
  ]);
  expect(changed.exitCode).toBe(1);
  await requireMended(up);

  // What is missing has the state refreshed, which must not take over what somebody added meanwhile.
  await kubectl("delete", "networkpolicy/default-deny", ...within);
  await kubectl("set", "env", "deployment/deals", "DEBUG=2", ...within);
  const { exitCode, found } = await drift();
  const [policy, deployment] = ["NetworkPolicy/default-deny", "Deployment/deals"];
  expect([exitCode, ...found.map(([object, what]) => [object, what]).sort()]).toEqual([
    ...[1, [deployment, "changed"], [policy, "missing"]],
  ]);
  expect(await readFile(join(folder, "diff.html"), "utf8")).toContain(
    "NetworkPolicy/default-deny is missing",
  );
  await requireMended(up);
}, 240_000);

describe("the page of a difference, in a browser", () => {
  let browser: Browser;
  let close = () => Promise.resolve();

  beforeAll(async () => {
    await installBrowser();
    ({ browser, end: close } = await startBrowser());
  }, 180_000);

  afterAll(() => close());

  /** Opens a page by a double click. @returns what the browser asked for and complained of. */
  async function opened(text: string, look: (page: Page) => Promise<void>): Promise<string[]> {
    const file = join(folder, "page.html");
    await writeFile(file, text);
    const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
    try {
      const page = await context.newPage();
      const seen: string[] = [];
      page.on("request", (request) => seen.push(request.url()));
      page.on("console", (message) => seen.push(message.text()));
      page.on("pageerror", (error) => seen.push(error.message));
      await page.goto(pathToFileURL(file).href);
      await look(page);
      return seen.filter((one) => one !== pathToFileURL(file).href);
    } finally {
      await context.close();
    }
  }

  test("it tells all in headings and tables, asks for nothing and runs nothing", async () => {
    const look = async (page: Page) => {
      expect(await page.title()).toContain("What differs: staging");
      const headings = await page.getByRole("heading", { level: 2 }).allTextContents();
      expect(headings).toEqual(["Images", "Graph", "Settings", "Objects", "Drift of staging", "Notes"]);
      const table = page
        .getByRole("region", { name: "Drift of staging" })
        .getByRole("table", { name: "Deployment/deals" });
      expect(await table.getByRole("columnheader").allTextContents()).toEqual([
        "Where",
        "expected",
        "in the cluster",
      ]);
      expect(await table.getByRole("rowheader").allTextContents()).toEqual(["spec.replicas"]);
      const short = page.getByRole("table", { name: "In short" });
      expect(await short.getByRole("link").count()).toBe(5);
      const [, first = ""] = await short.getByRole("row").allInnerTexts();
      expect(first).toBe("Images\t1 difference");
    };
    expect(await opened(diffPage(hostileReport, "today"), look)).toEqual([]);
  });

  test("light and dark, and as narrow as a telephone, it breaks none of axe's rules", async () => {
    const look = async (page: Page) => {
      await page.evaluate(axe.source);
      for (const width of [1000, 360])
        for (const colorScheme of ["light", "dark"] as const) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          const { violations, passes } = await page.evaluate<axe.AxeResults>("axe.run()");
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
          expect(passes.map(({ id }) => id)).toContain("color-contrast");
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        }
    };
    await opened(diffPage(hostileReport, "today"), look);
  });
});
