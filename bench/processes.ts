import { readFile, readdir } from "node:fs/promises";
import { setInterval } from "node:timers/promises";
import { execa } from "execa";

/** A command of a contender, and where it runs. */
export interface Command {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

/** What a command took. */
export interface Cost {
  exitCode: number | undefined;
  seconds: number;
  /** CPU seconds of the command and all that it started and waited for. */
  cpuSeconds: number;
  /** Peak resident memory in MB by the process' name, the largest where there are several. */
  memory: Record<string, number>;
  /** Standard output and standard error. */
  output: string;
}

const samplingPeriod = 200;

/** Runs a command to its end and measures it, and every process below it. */
export async function measure({ file, args, cwd, env }: Command): Promise<Cost> {
  const ended = new AbortController();
  // The machine has hundreds of other processes, and looking at all each time would be measured, too.
  const others = new Set(await pids());
  const start = performance.now();
  // The shell's own clock: it counts what children of children used, once they were waited for.
  const script = 'TIMEFORMAT="%U %S"; exec 3>&2; { time "$@" 2>&3; } 2>&4';
  const child = execa("bash", ["-c", script, "bench", file, ...args], {
    ...{ cwd, env, reject: false },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const sampling = peaks(child.pid ?? 0, others, ended.signal);
  const { exitCode, stdout, stderr, stdio } = await child;
  const seconds = (performance.now() - start) / 1000;
  ended.abort();
  const cpuSeconds = stdio[4]
    .trim()
    .split(" ")
    .reduce((sum, text) => sum + Number(text), 0);
  return { exitCode, seconds, cpuSeconds, memory: await sampling, output: `${stdout}\n${stderr}` };
}

/** Watches a process and its descendants, until the signal comes. @returns the peak of each in MB, by name. */
async function peaks(
  root: number,
  others: Set<number>,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const family = new Set([root]);
  const memory: Record<string, number> = {};
  try {
    for await (const _ of setInterval(samplingPeriod, undefined, { signal })) {
      for (const pid of await living(family, others)) {
        const seen = await sample(pid);
        if (seen !== undefined) memory[seen.name] = Math.max(memory[seen.name] ?? 0, seen.megabytes);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return memory;
}

async function pids(): Promise<number[]> {
  return (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
}

/** Those of the family that live; each new process joins it, or the others. */
async function living(family: Set<number>, others: Set<number>): Promise<number[]> {
  const members = [];
  // Parents have lower numbers than their children.
  for (const pid of (await pids()).sort((one, other) => one - other)) {
    if (others.has(pid)) continue;
    if (!family.has(pid)) {
      const stat = await readFile(`/proc/${String(pid)}/stat`, "latin1").catch(() => "");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      (family.has(parent) ? family : others).add(pid);
    }
    if (family.has(pid)) members.push(pid);
  }
  return members;
}

async function sample(pid: number): Promise<{ name: string; megabytes: number } | undefined> {
  try {
    const [status, line] = await Promise.all([
      readFile(`/proc/${String(pid)}/status`, "latin1"),
      readFile(`/proc/${String(pid)}/cmdline`, "latin1"),
    ]);
    const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? "0");
    return { name: nameOf(line.split("\0")), megabytes: kilobytes / 1024 };
  } catch {
    // It ended in the meantime.
    return undefined;
  }
}

/** What a process is to the person who reads the table. */
function nameOf([file = "", ...args]: string[]): string {
  const program = file.split("/").at(-1) ?? "";
  if (program !== "node") return program;
  if (args.some((word) => word.includes("@pulumi/pulumi/cmd/run"))) return "node (program)";
  return args.some((word) => word.endsWith("/cli/dynenv.ts")) ? "node (dynenv)" : "node (plugin)";
}
