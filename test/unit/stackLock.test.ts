import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { described, isGone, lockOwners, type LockOwner } from "../../cli/pulumi/stackLock.ts";

const here = { host: hostname(), user: userInfo().username };

/** A process id that no process has: that of one which has just ended. */
async function endedPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("the owners of a lock", () => {
  const text = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
  const owners = fc.record({
    user: text,
    host: text,
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    since: fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000)),
  });
  const told = (all: LockOwner[]) =>
    [
      `error: the stack is currently locked by ${String(all.length)} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.`,
      ...all.map(
        ({ user, host, pid, since }) =>
          `  file:///state/.pulumi/locks/organization/p/s/x.json: created by ${user}@${host} (pid ${String(pid)}) at ${since.toISOString().replace(".000Z", "Z")}`,
      ),
    ].join("\n");

  it("are read from what Pulumi says, all of them", () => {
    fc.assert(
      fc.property(fc.array(owners, { minLength: 1, maxLength: 3 }), (all) => {
        expect(lockOwners(told(all))).toEqual(all);
      }),
    );
  });

  it("are read from times with an offset", () => {
    const line = told([{ ...here, pid: 7, since: new Date(0) }]).replace(
      "1970-01-01T00:00:00Z",
      "1970-01-01T02:00:00+02:00",
    );
    expect(lockOwners(line)).toEqual([{ ...here, pid: 7, since: new Date(0) }]);
  });

  it("are none of any other error", () => {
    expect(lockOwners("error: update failed: created by a@b (pid 1) at 2026-01-01T00:00:00Z")).toEqual([]);
  });

  it("are told in a few words", () => {
    const owner = { user: "ci", host: "runner-1", pid: 42, since: new Date("2026-01-01T00:00:00Z") };
    expect(described(owner)).toBe("ci@runner-1 (pid 42) since 2026-01-01T00:00:00Z");
  });
});

describe("an owner is gone", () => {
  const now = new Date();

  it("when its process has ended", async () => {
    expect(await isGone({ ...here, pid: await endedPid(), since: now })).toBe(true);
  });

  it("when another process has its id, which began later", async () => {
    const since = new Date(Date.now() - 3_600_000 - process.uptime() * 1000);
    expect(await isGone({ ...here, pid: process.pid, since })).toBe(true);
  });

  it("when it is a zombie", async () => {
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 30"]);
    try {
      const [pid] = (await once(parent.stdout, "data")) as [Buffer];
      const zombie = { ...here, pid: Number(String(pid)), since: now };
      await expect.poll(() => isGone(zombie), { timeout: 5000 }).toBe(true);
    } finally {
      parent.kill();
    }
  });
});

describe("an owner may live", () => {
  it("when its process does", async () => {
    expect(await isGone({ ...here, pid: process.pid, since: new Date() })).toBe(false);
  });

  it("when its process began in the second of the lock", async () => {
    // What the kernel tells of both is less than a second off.
    const since = new Date(Date.now() - process.uptime() * 1000 - 1500);
    expect(await isGone({ ...here, pid: process.pid, since })).toBe(false);
  });

  it("when its program's name looks like a state of a process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dynenv-owner-"));
    const program = join(folder, "a) Z (b");
    symlinkSync("/bin/sleep", program);
    const child = spawn(program, ["30"]);
    try {
      await once(child, "spawn");
      expect(await isGone({ ...here, pid: child.pid ?? 0, since: new Date() })).toBe(false);
    } finally {
      child.kill();
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["on another machine", { host: "elsewhere" }],
    ["as another user, whose processes may be hidden", { user: "somebody" }],
  ])("when it ran %s", async (_where, other) => {
    expect(await isGone({ ...here, ...other, pid: await endedPid(), since: new Date() })).toBe(false);
  });

  it.each([
    ["in a container that shares the machine's name", "pid:[1]", "uts:[4026531838]"],
    ["where nobody says which container this is", undefined, undefined],
  ])("when its process is not seen %s", async (_what, pids, names) => {
    const place = mkdtempSync(join(tmpdir(), "dynenv-ns-"));
    try {
      if (pids !== undefined) symlinkSync(pids, join(place, "pid"));
      if (names !== undefined) symlinkSync(names, join(place, "uts"));
      expect(await isGone({ ...here, pid: await endedPid(), since: new Date() }, place)).toBe(false);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it("when it has a lock from before the container began, and not one from after", async () => {
    const place = mkdtempSync(join(tmpdir(), "dynenv-ns-"));
    try {
      symlinkSync("pid:[1]", join(place, "pid"));
      symlinkSync("uts:[2]", join(place, "uts"));
      const pid = await endedPid();
      expect(await isGone({ ...here, pid, since: new Date(0) }, place)).toBe(false);
      expect(await isGone({ ...here, pid, since: new Date() }, place)).toBe(true);
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
