import { BatchV1Api, type KubeConfig, type V1CronJob, type V1Pod } from "#bundled/kubernetes";
import {
  listed,
  resultsAnnotation,
  shown,
  suggestion,
  suiteOf,
  suiteSelector,
  visible,
} from "../../components/model/index.ts";
import { exitCodes, Failure } from "../../foundation/failure.ts";
import type { Junit } from "./junit.ts";
import { runTests } from "./testJob.ts";
import type { Output } from "./jobLog.ts";
import { forgetResults, readResults, type Results, writeResults } from "./testResults.ts";
import { type EndedSuite, writeSummary } from "./testSummary.ts";

/** Tests of an environment that are started together. */
export interface Suite {
  name: string;
  cronJob: string;
  /** Where they write their results, if they do. */
  results?: string;
}

export interface SuiteOptions {
  /** Ends the tests, with their Job. */
  signal: AbortSignal;
  /** The one that runs. Default: all of them. */
  suite?: string | undefined;
  /** What it runs in place of its own command. */
  command?: string[] | undefined;
  /** Folder that takes the results of each suite. Default: they are counted and left. */
  junit?: string | undefined;
  /** Whether a run of zero tests is good, too. Default: it fails. */
  allowNoTests?: boolean | undefined;
}

/** The suites of an environment, that of the default name first. */
export async function suitesOf(config: KubeConfig, namespace: string): Promise<Suite[]> {
  const { items } = await config
    .makeApiClient(BatchV1Api)
    .listNamespacedCronJob({ namespace, labelSelector: suiteSelector });
  return items.flatMap(asSuite).sort(byName);
}

function asSuite({ metadata }: V1CronJob): Suite[] {
  const cronJob = metadata?.name ?? "";
  const name = suiteOf(cronJob);
  const results = metadata?.annotations?.[resultsAnnotation];
  return name === undefined ? [] : [{ name, cronJob, ...(results !== undefined && { results }) }];
}

function byName(one: Suite, other: Suite): number {
  return one.cronJob < other.cronJob ? -1 : 1;
}

/** The suites that somebody asks for. @throws when there is none of that name, or the command could be that of several. */
export function chosenSuites(
  all: Suite[],
  namespace: string,
  { suite, command }: Pick<SuiteOptions, "suite" | "command">,
): Suite[] {
  const names = all.map(({ name }) => name);
  if (suite !== undefined) {
    const chosen = all.filter(({ name }) => name === suite);
    if (chosen.length > 0) return chosen;
    throw new Failure(
      "usage",
      `${shown(suite)} is not among the test suites of namespace ${namespace}: ${suggestion(suite, names)}`,
    );
  }
  if (command !== undefined && all.length > 1)
    throw new Failure(
      "usage",
      `a command after -- is for one suite, and namespace ${namespace} has ${listed(names)}: name one of them before it`,
    );
  return all;
}

/**
 * Runs suites one after the other, all of them, whatever their results are: they share services, whose data another suite
 * would change under them, and the quota has room for one.
 * @throws when one fails.
 */
export async function runSuites(
  config: KubeConfig,
  namespace: string,
  output: Output,
  options: SuiteOptions,
): Promise<void> {
  const suites = chosenSuites(await suitesOf(config, namespace), namespace, options);
  if (suites.length === 0) throw new Failure("broken", `namespace ${namespace} has no tests: run dynenv up`);
  const isOne = suites.length === 1;
  const ended: EndedSuite[] = [];
  for (const suite of suites) {
    if (!isOne) output.line(`suite ${suite.name}: begins`);
    const one = await endOf(config, namespace, suite, output, options);
    if (!isOne) output.line(`suite ${suite.name}: ${one.failure === undefined ? "passed" : "FAILED"}`);
    ended.push(one);
    if (options.junit !== undefined) await writeSummary(options.junit, ended);
  }
  const failures = ended.flatMap(({ name, failure }) => (failure === undefined ? [] : [{ name, failure }]));
  const [first] = failures;
  if (first === undefined) return;
  if (isOne) throw first.failure;
  const reasons = failures.map(({ name, failure }) => `${name}: ${failure.message}`).join("; ");
  throw new Failure(
    "broken",
    `${String(failures.length)} of ${String(suites.length)} suites failed: ${reasons}`,
  );
}

/** Runs a suite to its end. @throws when nobody knows its result, since the cluster is out of reach or it was interrupted. */
async function endOf(
  config: KubeConfig,
  namespace: string,
  suite: Suite,
  output: Output,
  { signal, command, junit, allowNoTests }: SuiteOptions,
): Promise<EndedSuite> {
  const { name, cronJob, results } = suite;
  const ended: EndedSuite = { name };
  if (junit !== undefined) await forgetResults(junit, name);
  const evidence = async (pod: V1Pod, podEnded: Promise<unknown>) => {
    const read = () => readResults(config, pod, podEnded);
    const { counts, ...rest } = await evidenceOf(read, suite, output, { junit, command });
    if (counts !== undefined) ended.counts = counts;
    return { ...rest, ...(counts !== undefined && { tests: counts.tests }) };
  };
  try {
    await runTests(config, namespace, output, {
      ...{ signal, command, allowNoTests, cronJob },
      ...(results !== undefined && { evidence }),
    });
  } catch (error) {
    const isResult = error instanceof Failure && error.exitCode === exitCodes.broken && !signal.aborted;
    if (!isResult) throw error;
    ended.failure = error;
  }
  return ended;
}

/** What the results of a suite tell, once they were copied. */
async function evidenceOf(
  read: () => Promise<Results>,
  { name, results: path = "" }: Suite,
  { line, mask }: Output,
  { junit, command }: Pick<SuiteOptions, "junit" | "command">,
): Promise<{ counts?: Junit; problem?: string }> {
  const results = await read();
  const file = visible(path);
  if ("problem" in results) {
    // Another command than the suite's own need not write them.
    return command === undefined ? { problem: `its results file ${file} ${results.problem}` } : {};
  }
  const { counts, text } = results;
  const where = junit === undefined ? "" : `, copied to ${await writeResults(junit, name, text, mask)}`;
  line(
    `${file}: tests ${String(counts.tests)}, failed ${String(counts.failed)}, skipped ${String(counts.skipped)}${where}`,
  );
  return { counts };
}
