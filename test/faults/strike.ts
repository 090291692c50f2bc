import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../local/folders.ts";
import { pulumi, shell, uniqueName } from "../integration/shell.ts";
import type { Fault } from "./fault.ts";
import { backendFiles, expectNoSecret, expectNothing, nextRun, type Leftovers } from "./invariants.ts";
import { runAndStrike } from "./victim.ts";

/** What a fault hit, and what it left behind before the next run. */
export interface Outcome extends Leftovers {
  fault: Fault;
  wasHit: boolean;
  hitAt: string;
}

const pulumiArgs = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];

/**
 * Stops a run as the fault says, lets dynenv run once more, and checks that all is as it should be; then the
 * environment is removed. @param settings of the stack, as for `pulumi up`.
 */
export async function strike(fault: Fault, settings: string[]): Promise<Outcome> {
  const stack = uniqueName("fault");
  const args = settings.flatMap((setting) => ["--config", setting]);
  if (fault.operation === "down") await nextRun("up", stack, args);
  else if (fault.program === "pulumi") await pulumi(["stack", "select", "--create", stack]);
  const victim = await runAndStrike(command(fault, stack, args), fault);
  expectNoSecret(victim.output);
  // I5: what was stopped does not say that it did what it should.
  if (victim.wasHit && fault.stroke === "SIGKILL") expect(victim.exitCode).not.toBe(0);
  const left = await leftovers(stack);
  const next = await nextRun(fault.next, stack, fault.next === "up" ? args : []);
  expectNoSecret(next.output);
  if (fault.next === "up") await expectWhole(stack, args);
  await nextRun("down", stack);
  await expectNothing(stack);
  return { fault, wasHit: victim.wasHit, hitAt: victim.hitAt, ...left };
}

function command({ program, operation }: Fault, stack: string, args: string[]): string[] {
  const settings = operation === "up" ? args : [];
  if (program === "dynenv")
    return [join(projectRoot, "cli", "dynenv"), operation, "--stack", stack, ...settings];
  const subcommand = operation === "up" ? ["up"] : ["destroy", "--remove"];
  return ["pulumi", ...subcommand, ...pulumiArgs, "--stack", stack, ...settings];
}

async function leftovers(stack: string): Promise<Leftovers> {
  const files = await backendFiles(stack);
  const state = files.find((file) => file.startsWith("/.pulumi/stacks/") && file.endsWith(".json"));
  const folder = (shell.PULUMI_BACKEND_URL ?? "").replace("file://", "");
  const text = state === undefined ? "" : await readFile(join(folder, state), "utf8");
  return {
    staleLock: files.some((file) => file.startsWith("/.pulumi/locks/")),
    pendingOperation: /"pending_operations":\s*\[\s*\{/.test(text),
  };
}

/** I3: the state describes what there is, so that one more `up` finds nothing to do. */
async function expectWhole(stack: string, args: string[]): Promise<void> {
  const again = await pulumi([
    "up",
    "--yes",
    "--skip-preview",
    "--refresh",
    "--expect-no-changes",
    "--stack",
    stack,
    ...args,
  ]);
  expect(again.exitCode, again.output).toBe(0);
}

/** A histogram of what was hit, and how much was left behind. */
export function summary(outcomes: Outcome[]): string {
  const hits = outcomes.filter(({ wasHit }) => wasHit);
  const count = (pick: (outcome: Outcome) => boolean) => String(hits.filter(pick).length);
  const kinds = new Map<string, number>();
  for (const { fault, hitAt } of hits) {
    const kind = `${fault.operation.padEnd(5)} ${fault.stroke.padEnd(21)} ${hitAt}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const lines = [...kinds].sort().map(([kind, times]) => `  ${String(times).padStart(3)}  ${kind}`);
  return [
    `${String(outcomes.length)} faults, ${String(hits.length)} of them before the run's end:`,
    ...lines,
    `left behind: ${count((one) => one.pendingOperation)} pending operations, ${count((one) => one.staleLock)} locks;`,
    `${count((one) => one.hitAt === "create Namespace began")} fell in the namespace's create`,
  ].join("\n");
}
