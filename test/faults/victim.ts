import { mkdtemp, readdir, readFile, rm, watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { exists } from "../../foundation/files.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { shell } from "../integration/shell.ts";
import type { Fault, Stroke } from "./fault.ts";

/** What became of a run that was to be stopped. */
export interface Victim {
  output: string;
  exitCode: number | undefined;
  /** Whether it was stopped; else it ended before the event came. */
  wasHit: boolean;
  /** What it was at when it was hit, such as `create Namespace`. */
  hitAt: string;
}

interface EngineEvent {
  resourcePreEvent?: { metadata: Step };
  resOutputsEvent?: { metadata: Step };
}

interface Step {
  op: string;
  type: string;
}

/** Runs a command and stops it some time after an event of Pulumi's engine. */
export async function runAndStrike(
  command: string[],
  { event, delay, stroke }: Pick<Fault, "event" | "delay" | "stroke">,
): Promise<Victim> {
  const folder = await mkdtemp(join(tmpdir(), "events-"));
  const log = join(folder, "log");
  const [file = "", ...args] = command;
  const child = execa(file, args, {
    cwd: projectRoot,
    env: { ...shell, PULUMI_DEBUG_COMMANDS: "true", PULUMI_OPTION_EVENT_LOG: log },
    all: true,
    reject: false,
    detached: true,
  });
  const ended = new AbortController();
  void child.finally(() => {
    ended.abort();
  });
  let hitAt = "";
  let wasHit = false;
  try {
    hitAt = await eventInLog(folder, event, ended.signal);
    await sleep(delay, undefined, { signal: ended.signal });
    wasHit = !ended.signal.aborted;
    await strike(child.pid ?? 0, stroke);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
  const { exitCode, all } = await child;
  await rm(folder, { recursive: true });
  return { output: all, exitCode, wasHit, hitAt };
}

/** Waits for an event of a create or delete. @returns what it was. */
async function eventInLog(folder: string, event: Fault["event"], signal: AbortSignal): Promise<string> {
  const found = async () => stepsIn(await readFile(join(folder, "log"), "utf8").catch(() => undefined));
  for await (const _ of watch(folder, { signal })) {
    const steps = await found();
    if (event === 0 && steps !== undefined) return "begin";
    const step = typeof event === "string" ? steps?.find((one) => one === event) : steps?.[event - 1];
    if (step !== undefined) return step;
  }
  return "";
}

/** What creates and deletes the engine began and ended; nothing where it has not begun. The last line may be incomplete. */
function stepsIn(log: string | undefined): string[] | undefined {
  if (!log?.includes("\n")) return undefined;
  const lines = log.slice(0, log.lastIndexOf("\n")).split("\n");
  return lines.flatMap((line) => {
    const { resourcePreEvent, resOutputsEvent } = JSON.parse(line) as EngineEvent;
    const step = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (step === undefined || !/^(create|delete)/.test(step.op)) return [];
    const kind = step.type.split(/[:/]/).at(-1) ?? "";
    return [`${step.op} ${kind} ${resourcePreEvent === undefined ? "ended" : "began"}`];
  });
}

async function strike(pid: number, stroke: Stroke): Promise<void> {
  // The end of a whole machine, or of a container: nothing is left that could go on.
  if (stroke === "SIGKILL") await killAll(pid);
  else process.kill(pid, stroke === "SIGTERM" ? "SIGTERM" : "SIGINT");
  if (stroke !== "SIGINT, then SIGTERM") return;
  await sleep(1000);
  if (await exists(`/proc/${String(pid)}`)) process.kill(pid, "SIGTERM");
}

/** Kills a process and its descendants; stopped first, so that none of them has time to begin another. */
async function killAll(pid: number): Promise<void> {
  const all = await descendants(pid);
  for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
    for (const one of all) {
      try {
        process.kill(one, signal);
      } catch {
        // It ended by itself.
      }
    }
  }
}

async function descendants(pid: number): Promise<number[]> {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    numbers.map(async (number) => {
      const status = await readFile(`/proc/${number}/stat`, "utf8").catch(() => "");
      return [Number(number), Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1])] as const;
    }),
  );
  const below = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return [pid, ...below(pid)];
}
