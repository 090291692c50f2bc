import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { ApiException, CoreV1Api, type KubeConfig, type V1Pod } from "#bundled/kubernetes";
import { resultsContainer, resultsLimit, type ResultsReport, visible } from "../../components/model/index.ts";
import { lingeringJob } from "./lingeringJobs.ts";
import { junitIn, type Junit } from "./junit.ts";
import type { Mask } from "../text/mask.ts";

/** Bytes of the log that are read: some files before the end, and one at it. */
const most = 10 * 1024 * 1024;
const askedAgainAfter = 250;
/** Milliseconds in which the container beside the tests ends and says what they wrote. */
const within = 20_000;
/** The same where it goes on, since an injected one keeps the pod from ending. */
const withinOfLingering = 3000;

/** What tests wrote, or why nobody knows. */
export type Results = { text: string; counts: Junit } | { problem: string };

/**
 * Reads the results of tests that are over, from the container that prints them.
 * @param podEnded once nothing runs in the pod any more.
 */
export async function readResults(
  config: KubeConfig,
  pod: V1Pod,
  podEnded: Promise<unknown>,
): Promise<Results> {
  const limit = Date.now() + (lingeringJob(pod) === undefined ? within : withinOfLingering);
  const ended = new AbortController();
  const noted = () => {
    ended.abort();
  };
  podEnded.then(noted, noted);
  const printed = await lastReport(
    () => logOf(config, pod),
    () => ended.signal.aborted || Date.now() > limit,
  );
  if (printed === undefined) return { problem: "was not passed on by the container beside the tests" };
  return resultsIn(printed);
}

/** The final report in a log, else the last one once no other comes. */
async function lastReport(
  read: () => Promise<string | undefined>,
  isOver: () => boolean,
): Promise<ResultsReport | undefined> {
  let known: ResultsReport | undefined;
  for (;;) {
    const isLast = isOver();
    const log = await read();
    known = reportIn(log ?? "") ?? known;
    if (isLast || log === undefined || known?.final === true) return known;
    await sleep(askedAgainAfter);
  }
}

/** What that container has printed, on which whoever gives its image decides; nothing once its pod is gone. */
async function logOf(config: KubeConfig, { metadata }: V1Pod): Promise<string | undefined> {
  const [name, namespace] = [metadata?.name ?? "", metadata?.namespace ?? ""];
  const log = { name, namespace, container: resultsContainer, limitBytes: most };
  try {
    return await config.makeApiClient(CoreV1Api).readNamespacedPodLog(log);
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    // It has not begun.
    if (error instanceof ApiException && error.code === 400) return "";
    throw error;
  }
}

/** The last line of a log that is a whole report. */
export function reportIn(log: string): ResultsReport | undefined {
  for (const line of log.split("\n").reverse()) {
    const report = asReport(line);
    if (report !== undefined) return report;
  }
  return undefined;
}

function asReport(line: string): ResultsReport | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { final, content, problem } = JSON.parse(line) as Record<string, unknown>;
    if (typeof final !== "boolean") return undefined;
    if (typeof content === "string") return { final, content };
    return typeof problem === "string" ? { final, problem } : undefined;
  } catch {
    return undefined;
  }
}

/** What a report holds. */
export function resultsIn({ content, problem }: ResultsReport): Results {
  if (content === undefined) return { problem: visible(problem ?? "").slice(0, 200) };
  const text = unpacked(content);
  if (text === undefined) return { problem: "is not text in UTF-8" };
  try {
    return { text, counts: junitIn(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function unpacked(content: string): string | undefined {
  try {
    const bytes = gunzipSync(Buffer.from(content, "base64"), { maxOutputLength: resultsLimit });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The file of a suite in a folder of results. */
export function resultsFile(folder: string, suite: string): string {
  return join(folder, `${suite}.xml`);
}

/** Removes what an earlier run left there: it is not to be taken for this run's. */
export async function forgetResults(folder: string, suite: string): Promise<void> {
  await rm(resultsFile(folder, suite), { force: true });
}

/** Writes results, without the secrets that are known. @returns where they are. */
export async function writeResults(folder: string, suite: string, text: string, mask: Mask): Promise<string> {
  const file = resultsFile(folder, suite);
  await mkdir(folder, { recursive: true });
  await writeFile(file, mask.text(text));
  return file;
}
