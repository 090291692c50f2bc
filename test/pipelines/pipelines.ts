import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { interruptibleWork } from "../../cli/process/interrupt.ts";
import { act } from "../../local/goTools.ts";
import { ensurePackages } from "../../local/packages.ts";
import { builtTool } from "../../local/toolBuild.ts";
import { backendFolder, pulumi, remains, stacks, uniqueName, type Ended } from "../integration/shell.ts";
import { checkOut, leftIn, type Change, type Checkout } from "../operations/pipelineCheckout.ts";
import { projectVariables, thisProgram } from "./runners.ts";

/** What the example's tests print. */
export const tested = "the version under test is the one that was built";
export const jobs = ["build", "deploy", "test", "cleanup"];

/** What the pipelines of a file's tests run with; nothing of them is left at its end. */
export function usePipelines() {
  const used = { act: "", folder: "", variables: {} as Record<string, string> };

  beforeAll(async () => {
    const work = interruptibleWork((line) => process.stderr.write(`${line}\n`));
    await ensurePackages(work, { rsync: ["/usr/bin/rsync"] });
    used.act = await builtTool(act, work);
    used.folder = await mkdtemp(join(tmpdir(), "pipelines-"));
    used.variables = { ...(await projectVariables()), ...thisProgram };
  }, 900_000);

  afterAll(async () => {
    for (const left of await stacks())
      await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", left]);
    await rm(used.folder, { recursive: true, force: true });
  });

  /** A checkout of its own for each run. */
  async function branch(name: string, change?: Change): Promise<Checkout> {
    const unique = uniqueName(name);
    return checkOut(join(used.folder, unique), unique, change);
  }

  return { used, branch };
}

/** Jobs that ended well, as the runner says: one that was skipped does not count. */
export function succeeded({ output }: Ended): string[] {
  return jobs.filter((job) =>
    new RegExp(String.raw`^ PASS +${job}\b|^\[environment/${job} *\] 🏁  Job succeeded`, "m").test(output),
  );
}

export async function expectNothingLeft(checkout: Checkout): Promise<void> {
  // An image that forks deploy is built once, by a stack of the tests' own.
  expect((await remains()).filter((one) => !/[ .]image-/.test(one))).toEqual([]);
  expect(await leftIn(checkout)).toBe("");
  const entries = await readdir(backendFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.filter((name) => name.includes(checkout.branch))).toEqual([]);
}
