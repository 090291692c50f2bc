import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, parse } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { named } from "../components/model/index.ts";
import { Failure } from "./failure.ts";
import { stateFolder } from "./folders.ts";
import type { Work } from "./work.ts";

export interface LockOptions {
  /** Where the lock lies: what it guards must be this folder's users' alone. Default: the user's state folder. */
  folder?: string;
  /** How long another owner is waited for. Default: half an hour. */
  waitAtMostMs?: number;
}

const tryAgainAfter = 100;
const minute = 60_000;

/**
 * Runs `run` while no other process of this user does under the same name, and waits for its turn.
 * @param waitingFor what another owner does, for the message that says who it is.
 * @throws when the other owner still has the lock after the time limit.
 */
export async function exclusively<T>(
  name: string,
  waitingFor: string,
  { progress, signal }: Work,
  run: () => Promise<T>,
  { folder = stateFolder(), waitAtMostMs = 30 * minute }: LockOptions = {},
): Promise<T> {
  const path = lockPath(folder, name);
  const deadline = Date.now() + waitAtMostMs;
  const limit = `${String(Math.ceil(waitAtMostMs / minute))} min`;
  let release = tryLock(path);
  for (let attempt = 1; release === undefined; attempt++) {
    // An owner that has just taken the lock has not yet said who it is.
    const owner = attempt === 2 || Date.now() > deadline ? ownerOf(path) : "";
    if (Date.now() > deadline)
      throw new Failure(
        "broken",
        `${waitingFor} (${owner}) and did not end in ${limit}: end it, or try again later`,
      );
    if (attempt === 2) progress(`${waitingFor} (${owner}): waiting for it, at most ${limit} ...`);
    await sleep(tryAgainAfter, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    release = tryLock(path);
  }
  try {
    return await run();
  } finally {
    release();
  }
}

/** Named after a hash: any name of any length will do, and none leads out of the folder. */
function lockPath(folder: string, name: string): string {
  const locks = join(folder, "locks");
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(locks);
  if (uid !== process.getuid?.())
    throw new Failure(
      "usage",
      `the folder of locks ${named(locks)} belongs to another user, who could hold them: set XDG_STATE_HOME to a folder of yours`,
    );
  if ((mode & 0o077) !== 0) chmodSync(locks, 0o700);
  return join(locks, createHash("sha256").update(name).digest("hex").slice(0, 32));
}

/**
 * Takes the lock if it is free. It is SQLite's lock on an empty database: the kernel takes it back however its owner ends.
 * @returns what gives it back.
 */
function tryLock(path: string): (() => void) | undefined {
  for (;;) {
    const before = fileAt(path);
    if (before === undefined) {
      closeSync(openSync(path, "a", 0o600));
      continue;
    }
    const database = locked(path);
    if (database === undefined) return undefined;
    // Its last owner may have removed the file in between: others then lock another file.
    if (fileAt(path) !== before) {
      database.close();
      continue;
    }
    writeFileSync(ownerPath(path), JSON.stringify(thisProcess()), { mode: 0o600 });
    return () => {
      rmSync(ownerPath(path), { force: true });
      rmSync(path, { force: true });
      database.close();
    };
  }
}

const busy = 5;

function locked(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === busy) return undefined;
    throw new Failure(
      "unreachable",
      `${named(path)} cannot be locked (${(error as Error).message}): set XDG_STATE_HOME to a folder on a local disk`,
      { cause: error },
    );
  }
}

/** What tells a file from every other that was there before it. */
function fileAt(path: string): string | undefined {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  return file && `${String(file.ino)} ${String(file.birthtimeNs)}`;
}

const owner = z.object({ pid: z.int().positive(), command: z.string(), since: z.string() });

function thisProcess(): z.infer<typeof owner> {
  const [, program = "", subcommand = ""] = process.argv;
  const command = [parse(program).name, subcommand].filter(Boolean).join(" ");
  return { pid: process.pid, command, since: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
}

/** Who holds a lock, in words. What the last owner left that was killed tells nothing of the present one. */
function ownerOf(path: string): string {
  try {
    const { pid, command, since } = owner.parse(JSON.parse(readFileSync(ownerPath(path), "utf8")));
    process.kill(pid, 0);
    return `${named(command)}, pid ${String(pid)}, since ${named(since)}`;
  } catch {
    return "it does not say who it is";
  }
}

function ownerPath(path: string): string {
  return `${path}.owner`;
}
