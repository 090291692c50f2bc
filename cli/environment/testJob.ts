import { setTimeout as sleep } from "node:timers/promises";
import {
  ApiException,
  BatchV1Api,
  V1Job,
  V1ObjectMeta,
  type KubeConfig,
  type V1CronJob,
  type V1Pod,
} from "#bundled/kubernetes";
import { connectionsContainer, testJobName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { heldCondition } from "../kubernetes/conditions.ts";
import { ownStatus } from "../kubernetes/containerStatuses.ts";
import { endJob, settleJob, lingeringJob } from "./lingeringJobs.ts";
import { orInterrupted } from "../process/interrupt.ts";
import { oneLine } from "../diagnosis/rules/oneLine.ts";
import { learnSecrets, secretsNotHidden } from "./environmentSecrets.ts";
import { followLog, type Output } from "./jobLog.ts";
import { podFailure } from "./podFailure.ts";
import { TestCount } from "./testCount.ts";
import { obstacle, type StartedJob } from "./testObstacle.ts";
import { watchPatiently } from "../kubernetes/watch.ts";

export interface TestOptions {
  /** Ends the tests, with their Job. */
  signal: AbortSignal;

  /** Whether a run of zero tests is good, too. Default: it fails. */
  allowNoTests?: boolean | undefined;

  /** Name of the CronJob that describes what is run. Default: that of tests of which there is one suite. */
  cronJob?: string | undefined;

  /** What is run in place of the CronJob's own command. */
  command?: string[] | undefined;

  /**
   * Asked once the tests are over, while their pod is still there; some of its containers may still run, until `podEnded`.
   * Default: their log tells whether there were any.
   */
  evidence?: ((pod: V1Pod, podEnded: Promise<unknown>) => Promise<Evidence>) | undefined;
}

/** What tests left beside their log. */
export interface Evidence {
  /** How many there were, if that is known. */
  tests?: number;
  /** What is wrong with what they left, in words that follow the Job's name. */
  problem?: string;
}

/**
 * Starts the tests that an environment describes, and passes on their log.
 * @throws when they fail, or when the log or what they left shows that there was none.
 */
export async function runTests(
  config: KubeConfig,
  namespace: string,
  output: Output,
  options: TestOptions,
): Promise<void> {
  const { cronJob = testJobName, ...others } = options;
  await runFrom({ name: cronJob, what: "the tests" }, { config, namespace, output, ...others });
}

interface Running extends Omit<TestOptions, "cronJob"> {
  config: KubeConfig;
  namespace: string;
  output: Output;
}

/** Starts what a CronJob of an environment describes, and passes on its log. @throws when it fails. */
export async function runFrom(
  cronJob: { name: string; what: string },
  { config, namespace, output, ...options }: Running,
): Promise<void> {
  const { command, signal } = options;
  const batch = config.makeApiClient(BatchV1Api);
  const described = await batch.readNamespacedCronJob({ namespace, name: cronJob.name });
  // What the log must not show: the environment's Secrets, and what stands in its own containers.
  output.mask.add(...literalSecrets([described]));
  if (!(await learnSecrets(config, namespace, output.mask))) output.line(secretsNotHidden);
  const name = await startJob(batch, described, command);
  const job = { config, namespace, name, what: cronJob.what, mask: output.mask };
  try {
    await orInterrupted(signal, followed(job, output, options));
  } catch (error) {
    // Else it would go on to its deadline. Whether it can be ended changes nothing about what happened.
    const end = { type: "FailureTarget", reason: "Interrupted", message: "nobody waits for it" } as const;
    if (signal.aborted) await endJob(config, namespace, name, end).catch(() => undefined);
    throw error;
  }
}

/** Waits for the end of tests, and passes on their log. @throws when they fail. */
async function followed(job: StartedJob, output: Output, options: TestOptions): Promise<void> {
  const { config, namespace, name } = job;
  const watches = new AbortController();
  const failed = jobFailure(job, watches.signal);
  // The pod may have decided the race before this watch ends.
  failed.catch(() => undefined);
  const podThat = (is: (pod: V1Pod) => boolean) => {
    const pod = podOfJob(config, namespace, name, is, watches.signal);
    pod.catch(() => undefined);
    return Promise.race([failed, pod]);
  };
  try {
    const pod = await begun(podThat(hasBegun), job);
    requireConnections(job, pod);
    const end = podThat(hasEnded);
    const count = new TestCount();
    // Of a pod that somebody deletes, the end tells more than that it has no log.
    await followLog(config, pod, end, output, count).catch((error: unknown) => {
      if (!(error instanceof ApiException) || error.code !== 404) throw error;
    });
    const ended = await end;
    const evidence = (await options.evidence?.(ended, podThat(isOver))) ?? {};
    const lingering = lingeringJob(ended);
    // Whether it can be changes nothing about the tests.
    if (lingering !== undefined) await settleJob(config, namespace, lingering).catch(() => undefined);
    const failure = podFailure(ended);
    if (failure !== undefined) throw failureOf(job, failure);
    requireSomeTests(job, evidence, count, options);
  } finally {
    watches.abort();
  }
}

/** @throws when tests that ended well did nothing, or when nobody knows since they did not leave what they were to. */
function requireSomeTests(
  job: StartedJob,
  { tests, problem }: Evidence,
  count: TestCount,
  { allowNoTests = false }: TestOptions,
): void {
  if (allowNoTests) return;
  const remedy = "correct the test command or the image, or allow it by --allow-no-tests";
  if (problem !== undefined)
    throw failureOf(job, `${problem}: correct what the suite writes there, or allow it by --allow-no-tests`);
  const isZero = tests === undefined ? count.isZero : tests === 0;
  const what = tests === undefined ? "its log says" : "its results say";
  if (isZero) throw failureOf(job, `${what} that no test ran: ${remedy}`);
}

/** The pod once its tests begin. @throws as soon as something keeps them from it. */
async function begun(pod: Promise<V1Pod>, job: StartedJob): Promise<V1Pod> {
  const waits = new AbortController();
  const hindered = obstacle(job, waits.signal).then((reason) => {
    if (reason !== undefined) throw new Failure("broken", `${job.what} did not begin: ${reason}`);
    return pod;
  });
  hindered.catch(() => undefined);
  try {
    return await Promise.race([pod, hindered]);
  } finally {
    waits.abort();
  }
}

/** @throws when a pod ended before its tests began, since a service took none of its connections. */
function requireConnections({ name: job, what }: StartedJob, { status }: V1Pod): void {
  const waited = status?.initContainerStatuses?.find(({ name }) => name === connectionsContainer);
  const { exitCode = 0, reason = "", message = "" } = waited?.state?.terminated ?? {};
  if (exitCode === 0) return;
  const cases: Record<string, string> = {
    // Its own sentence, whole: it names the services.
    Error: message.replace(/\s+/g, " "),
    StartError: `${oneLine(message)}; set readinessImage to an image that has Node`,
  };
  const end = `its container ${connectionsContainer} ended with exit code ${String(exitCode)} (${reason})`;
  const said = message === "" ? end : (cases[reason] ?? `${end}: ${oneLine(message)}`);
  throw new Failure("broken", `${what} did not begin: Job ${job}: ${said}`);
}

/** Whether the tests run or are over. */
function hasBegun(pod: V1Pod): boolean {
  const own = ownStatus(pod);
  return (
    hasEnded(pod) || (own === undefined ? pod.status?.phase === "Running" : own.state?.running !== undefined)
  );
}

/** Whether the tests are over, whatever somebody injected beside them. */
function hasEnded(pod: V1Pod): boolean {
  return isOver(pod) || ownStatus(pod)?.state?.terminated !== undefined;
}

/** Whether nothing in a pod runs any more. */
function isOver({ status }: V1Pod): boolean {
  return ["Succeeded", "Failed"].includes(status?.phase ?? "");
}

/** Creates a Job from a CronJob of the environment, as `kubectl create job --from` does. @returns its name. */
async function startJob(
  batch: BatchV1Api,
  { metadata, spec }: V1CronJob,
  command: string[] | undefined,
): Promise<string> {
  const body = new V1Job();
  body.metadata = new V1ObjectMeta();
  body.metadata.generateName = `${metadata?.name ?? ""}-`;
  const template = spec.jobTemplate;
  if (template.metadata?.labels) body.metadata.labels = template.metadata.labels;
  if (template.spec) body.spec = template.spec;
  const container = body.spec?.template.spec?.containers[0];
  if (command !== undefined && container !== undefined) {
    container.command = command;
    delete container.args;
  }
  const job = await batch.createNamespacedJob({ namespace: metadata?.namespace ?? "", body });
  return job.metadata?.name ?? "";
}

/** Fails when the Job does: at its deadline, or when it may not create a pod. */
async function jobFailure(job: StartedJob, signal: AbortSignal): Promise<never> {
  const { config, namespace, name } = job;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const selector = { fieldSelector: `metadata.name=${name}` };
  const gone = { message: "it was deleted by somebody", reason: undefined };
  const pick = (object: unknown, type: string) =>
    type === "DELETED" ? gone : heldCondition(object as V1Job, "Failed");
  const { message, reason } = await watchPatiently(config, { path, selector, signal, pick });
  // Its own watch tells more of a pod that failed.
  if (reason === "BackoffLimitExceeded") await sleep(3000, undefined, { signal });
  throw failureOf(job, message ?? reason ?? "no reason given");
}

function podOfJob(
  config: KubeConfig,
  namespace: string,
  job: string,
  is: (pod: V1Pod) => boolean,
  signal: AbortSignal,
): Promise<V1Pod> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const selector = { labelSelector: `batch.kubernetes.io/job-name=${job}` };
  const pick = (object: unknown) => {
    const pod = object as V1Pod;
    return is(pod) ? pod : undefined;
  };
  return watchPatiently(config, { path, selector, signal, pick });
}

function failureOf({ name, what }: StartedJob, reason: string): Failure {
  return new Failure("broken", `${what} failed: Job ${name}: ${reason}`);
}
