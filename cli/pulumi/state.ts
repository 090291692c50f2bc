import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "#bundled/execa";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { readCheckpoint, repairFiles } from "./fileBackend.ts";
import type { PulumiRun } from "./pulumi.ts";

/** What the state of a stack tells of its resources. */
export interface StackState {
  resources: StackResource[];
  /** Resources on which an earlier run was at work when it was cut off. */
  pending: StackResource[];
}

export interface StackResource {
  type: string;
  urn: string;
  /** Of a Kubernetes provider: the context of its kubeconfig; of a namespace: its marks. */
  inputs?: { context?: string; metadata?: { annotations?: Record<string, string> } };
  outputs?: {
    metadata?: { name?: string; namespace?: string; uid?: string; generation?: number };
    spec?: unknown;
  };
}

/** A stack's resources, as Pulumi keeps and exports them. */
interface Deployment {
  resources?: StackResource[];
  pending_operations?: { resource: StackResource }[];
}

const tries = 4;
const tryAgainAfter = 500;

/**
 * The state of one stack, if the backend has it. Only this one is read: a list reads all stacks. A file that another run
 * is writing at the moment is read again; one whose writer was killed is replaced by the state before it.
 * @throws when the backend is out of reach, or the state cannot be read.
 */
export async function readState(stack: string, run: PulumiRun): Promise<StackState | undefined> {
  const checkpoint = await readCheckpoint(stack, run.env);
  if (checkpoint !== undefined)
    return checkpoint.exists ? stateOf(checkpoint.latest as Deployment | undefined) : undefined;
  for (let attempt = 1; ; attempt++) {
    const { state, error } = await exportedState(stack, run);
    if (error === undefined) return state;
    const isHalfWritten = /\bEOF$|unexpected end of JSON input/.test(error);
    if (isHalfWritten && attempt < tries) await sleep(tryAgainAfter);
    else if (!isHalfWritten || attempt > tries || !(await repairFiles(stack, run)))
      throw new Failure("unreachable", `stack ${stack} cannot be read: ${error}`);
  }
}

async function exportedState(
  stack: string,
  { env, signal }: PulumiRun,
): Promise<{ state?: StackState; error?: string }> {
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  const options = { env, cwd: projectRoot, cancelSignal: signal, reject: false } as const;
  const { exitCode, stdout, stderr } = await execa("pulumi", args, options);
  signal.throwIfAborted();
  if (exitCode === 0)
    return { state: stateOf((JSON.parse(stdout) as { deployment?: Deployment }).deployment) };
  return stderr.includes("no stack named") ? {} : { error: lastLine(stderr).replace(/^error: /, "") };
}

function stateOf(deployment: Deployment | undefined): StackState {
  return {
    resources: deployment?.resources ?? [],
    pending: (deployment?.pending_operations ?? []).map(({ resource }) => resource),
  };
}
