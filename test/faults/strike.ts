import { join } from "node:path";
import { expect } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { pulumi } from "../integration/shell.ts";
import { namespaceCreate, type Fault } from "./fault.ts";
import {
  backendFiles,
  expectNoSecret,
  expectNothing,
  nextRun,
  stateText,
  type Leftovers,
} from "./invariants.ts";
import { runAndStrike } from "./victim.ts";

/** What a fault hit, and what it left behind before the next run. */
export interface Outcome extends Leftovers {
  fault: Fault;
  wasHit: boolean;
  hitAt: string;
}

const pulumiArgs = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];

/** An environment that faults are tried on. */
export interface Struck {
  stack: string;
  /** Settings of the stack, as for `pulumi up`. */
  settings: string[];
  /** Says that a run left what it should: a state that describes what there is. */
  expectWhole: (stack: string, args: string[]) => Promise<void>;
}

/** Tries faults on one environment, one after the other, and tells of each; at the end there is nothing of it. */
export async function strikeChain(
  chain: Fault[],
  struck: Struck,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  let isThere = false;
  for (const fault of chain) {
    tell(await strike(fault, struck, isThere));
    isThere = fault.next === "up";
  }
  if (isThere) await removed(struck.stack);
}

async function removed(stack: string): Promise<void> {
  await nextRun("down", stack);
  await expectNothing(stack);
}

/** Stops a run as the fault says, lets dynenv run once more, and checks that all is as it should be. */
async function strike(
  fault: Fault,
  { stack, settings, expectWhole }: Struck,
  isThere: boolean,
): Promise<Outcome> {
  const args = settings.flatMap((setting) => ["--config", setting]);
  if (fault.operation === "down" && !isThere) await nextRun("up", stack, args);
  if (fault.operation === "up" && fault.program === "pulumi")
    await pulumi(["stack", "select", "--create", stack]);
  const victim = await runAndStrike(command(fault, stack, args), fault);
  expectNoSecret(victim.output);
  // I5: what was stopped does not say that it did what it should.
  if (victim.wasHit && fault.stroke === "SIGKILL") expect(victim.exitCode).not.toBe(0);
  const left = await leftovers(stack);
  const next = await nextRun(fault.next, stack, fault.next === "up" ? args : []);
  expectNoSecret(next.output);
  if (fault.next === "up") await expectWhole(stack, args);
  else await expectNothing(stack);
  return { fault, wasHit: victim.wasHit, hitAt: victim.hitAt, ...left };
}

function command({ program, operation }: Fault, stack: string, args: string[]): string[] {
  const settings = operation === "up" ? args : [];
  if (program === "dynenv")
    return [join(projectRoot, "cli", "dynenv"), operation, "--stack", stack, ...settings];
  const subcommand = operation === "up" ? ["up"] : ["destroy", "--remove"];
  const all = ["pulumi", ...subcommand, ...pulumiArgs, "--stack", stack, ...settings];
  return operation === "up" ? all : ["env", "PULUMI_SKIP_CHECKPOINTS=true", ...all];
}

async function leftovers(stack: string): Promise<Leftovers> {
  const files = await backendFiles(stack);
  const text = (await stateText(stack)) ?? "";
  return {
    staleLock: files.some((file) => file.startsWith("/.pulumi/locks/")),
    pendingOperation: /"pending_operations":\s*\[\s*\{/.test(text),
  };
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
    `${count((one) => one.hitAt === namespaceCreate)} fell in the namespace's create`,
  ].join("\n");
}
