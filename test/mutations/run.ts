/**
 * Shows that the tests notice mistakes: makes one after the other in copies of the checkout, and runs the tests that are
 * to fail. `node test/mutations/run.ts [WORDS]`: only those whose files or descriptions have the words.
 */
import { fork, type ChildProcess, type ForkOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interruptibleWork, orInterrupted } from "../../cli/process/interrupt.ts";
import { Failure } from "../../foundation/failure.ts";
import { copyCheckout } from "./copy.ts";
import type { Answer, Question } from "./lane.ts";
import type { Mutation } from "./mutation.ts";
import { mutations } from "./mutations.ts";

/** Copies in which mutations are tried at the same time. */
const laneCount = 2;
/** A mutation that makes a test wait for ever has been caught by nobody. */
const longestMs = 600_000;

interface Lane {
  folder: string;
  vitest: ChildProcess;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const { signal } = interruptibleWork(say);
const lanes: Lane[] = [];
const folders: string[] = [];

async function openLane(): Promise<Lane> {
  const folder = mkdtempSync(join(tmpdir(), "dynenv-mutations-"));
  folders.push(folder);
  await copyCheckout(folder);
  signal.throwIfAborted();
  // A group of its own: an interrupt of the terminal is for this process.
  const options: ForkOptions = { cwd: folder, detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] };
  const lane = { folder, vitest: fork(join(folder, "test/mutations/lane.ts"), [], options) };
  lanes.push(lane);
  return lane;
}

async function ask({ vitest }: Lane, question: Question): Promise<Answer> {
  const over = new AbortController();
  const limit = { signal: AbortSignal.any([over.signal, AbortSignal.timeout(longestMs)]) };
  const answer = once(vitest, "message", limit) as Promise<[Answer]>;
  const ended = once(vitest, "exit", limit).then((): [Answer] => [{ passed: 0, broken: "Vitest ended" }]);
  ended.catch(() => undefined);
  vitest.send(question);
  try {
    const [first] = await Promise.race([answer, ended]);
    signal.throwIfAborted();
    return first;
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure("broken", `${question.tests.join(", ")} has no end`, { cause: error });
  } finally {
    over.abort();
  }
}

/** Does something with each item, in whichever lane is free. */
async function inLanes<T>(items: T[], work: (item: T, lane: Lane) => Promise<void>): Promise<void> {
  const queue = items.values();
  const inLane = async (lane: Lane) => {
    for (const item of queue) await work(item, lane);
  };
  await Promise.all(lanes.map(inLane));
}

/** @throws when the tests fail without any change, which would then say nothing. */
async function requirePassing(tests: string[]): Promise<void> {
  await inLanes(tests, async (test, lane) => {
    const { passed, failed, broken } = await ask(lane, { tests: [test] });
    if (failed !== undefined || broken !== undefined || passed === 0)
      throw new Failure(
        "broken",
        `${test} fails without a change: ${failed?.test ?? broken ?? "no test ran"}`,
      );
  });
}

async function isCaught(mutation: Mutation, lane: Lane): Promise<boolean> {
  const { breaks, file, text, replacement, tests } = mutation;
  const path = join(lane.folder, file);
  const content = readFileSync(path, "utf8");
  const parts = content.split(text);
  if (parts.length !== 2) {
    say(`SURVIVED  ${file}: ${breaks}: its text occurs ${String(parts.length - 1)} times, not once`);
    return false;
  }
  writeFileSync(path, parts.join(replacement));
  const start = Date.now();
  const { failed, broken } = await ask(lane, { changed: file, tests });
  writeFileSync(path, content);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (failed === undefined)
    say(`SURVIVED  ${file}: ${breaks}: ${broken ?? `nothing fails in ${tests.join(", ")}`}, ${seconds} s`);
  else say(`caught    ${file}: ${breaks}: ${failed.file}, ${seconds} s`);
  return failed !== undefined;
}

async function run(words: string): Promise<number> {
  const chosen = mutations.filter(({ file, breaks }) => `${file}: ${breaks}`.includes(words));
  for (let lane = 0; lane < laneCount; lane++) await openLane();
  const start = Date.now();
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  await requirePassing(tests);
  say(
    `${String(tests.length)} files of tests pass without a change, ${String(Math.round((Date.now() - start) / 1000))} s`,
  );
  let caught = 0;
  await inLanes(chosen, async (mutation, lane) => {
    if (await isCaught(mutation, lane)) caught++;
  });
  say(`${String(caught)} caught, ${String(chosen.length - caught)} survived`);
  return caught === chosen.length && caught > 0 ? 0 : 1;
}

function close(): void {
  for (const { vitest } of lanes)
    try {
      if (vitest.pid !== undefined) process.kill(-vitest.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

try {
  process.exitCode = await orInterrupted(signal, run(process.argv.slice(2).join(" ")));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
} finally {
  close();
}
