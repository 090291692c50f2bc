import { readdir, readFile, readlink } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { timeMark } from "../../components/model/index.ts";

/** Who holds a lock of a stack, as Pulumi's file, S3, GCS, Azure and Postgres backends tell it. */
export interface LockOwner {
  user: string;
  host: string;
  pid: number;
  /** When the lock was taken, in whole seconds. */
  since: Date;
}

/** Whether Pulumi refused to work on a stack since others do. */
export function isLocked(output: string): boolean {
  return output.includes("the stack is currently locked by");
}

/** The owners of a stack's locks, read from the error with which Pulumi refuses to work on it; none: another error. */
export function lockOwners(output: string): LockOwner[] {
  if (!isLocked(output)) return [];
  const owners = output.matchAll(/: created by (.*)@(\S+) \(pid (\d+)\) at (\S+)/g);
  return [...owners].map(([, user = "", host = "", pid = "", since = ""]) => ({
    ...{ user, host, pid: Number(pid) },
    since: new Date(since),
  }));
}

/** Numbers of the namespaces that a machine boots with. */
const ofMachine = { pid: "pid:[4026531836]", uts: "uts:[4026531838]" };

/**
 * Whether an owner is provably gone: it ran on this machine, and no process has its id, or one that began later than
 * the lock. Of owners elsewhere nothing is known, nor from within a container that shares the machine's name.
 */
export async function isGone(
  { host, user, pid, since }: LockOwner,
  place = "/proc/self/ns",
): Promise<boolean> {
  if (host !== hostname() || user !== userInfo().username || process.platform !== "linux") return false;
  if (!(await isFromHere(since, place))) return false;
  const began = await Promise.all([pid, ...(await inContainers(pid))].map(processStart));
  // Both times are whole seconds.
  return began.every((start) => start === undefined || start.getTime() >= since.getTime() + 2000);
}

/** Whether processes with this machine's name are seen here; in a container, only those that came after its start. */
async function isFromHere(since: Date, place: string): Promise<boolean> {
  const unknown = () => "";
  const [pids, names] = await Promise.all(
    ["pid", "uts"].map((name) => readlink(join(place, name)).catch(unknown)),
  );
  if (pids === ofMachine.pid) return true;
  const began = await processStart(1);
  return names !== "" && names !== ofMachine.uts && began !== undefined && began <= since;
}

/** Processes that have an id within a container, by the ids that they have here. */
async function inContainers(pid: number): Promise<number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    all.map(async (name) => {
      const status = await readFile(`/proc/${name}/status`, "utf8").catch(() => "");
      const ids = /^NSpid:\s(.*)$/m.exec(status)?.[1]?.split("\t") ?? [];
      return ids.length > 1 && ids.at(-1) === String(pid) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

/** When a process of this machine began; nothing where there is none. */
async function processStart(pid: number): Promise<Date | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field, the program's name, may hold spaces and parentheses; the start is the 22nd, in ticks since boot.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticksPerSecond = 100;
  const boot = Number(/^btime (\d+)$/m.exec(await readFile("/proc/stat", "utf8"))?.[1]);
  // A zombie is gone: it only waits to be asked how it ended.
  if (fields[0] === "Z") return undefined;
  return new Date((boot + Number(fields[19]) / ticksPerSecond) * 1000);
}

/** `root@runner-1 (pid 42) since 2026-11-21T18:00:00Z` */
export function described({ user, host, pid, since }: LockOwner): string {
  return `${user}@${host} (pid ${String(pid)}) since ${timeMark(since)}`;
}
