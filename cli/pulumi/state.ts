import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { execa } from "#bundled/execa";
import { Failure } from "../../foundation/failure.ts";
import { lastLine } from "../../foundation/work.ts";
import { readCheckpoint, repairFiles } from "./fileBackend.ts";
import { commandError, isNoStack } from "./commandErrors.ts";
import type { PulumiRun } from "./pulumi.ts";
import { programFolder } from "./programFolder.ts";

/** Of what is not ours alone, and may be kept encrypted: anything else there counts as nothing. */
const known = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const text = known(z.string());
const texts = z
  .record(z.string(), z.unknown())
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
  );

const resource = z.object({
  type: z.string(),
  urn: z.string(),
  /** Whether Pulumi has deleted it to replace it, and did not get as far: the next update makes it. */
  pendingReplacement: known(z.boolean()),
  /** Of a Kubernetes provider: the context of its kubeconfig; of a namespace: its marks; of others what the program said. */
  inputs: known(
    z.object({
      context: text,
      metadata: known(z.object({ name: text, annotations: known(texts) })),
      spec: z.unknown().optional(),
    }),
  ),
  outputs: known(
    z.object({
      metadata: known(z.object({ name: text, namespace: text, uid: text, generation: known(z.number()) })),
      spec: z.unknown().optional(),
      rules: z.unknown().optional(),
      subjects: z.unknown().optional(),
    }),
  ),
});

/** A stack's state, as Pulumi keeps and exports it. */
const deployment = z
  .object({
    manifest: z.object({ time: text }).nullish(),
    resources: z.array(resource).nullish(),
    pending_operations: z.array(z.object({ resource })).nullish(),
  })
  .nullish();
const exported = z.object({ deployment });

export type StackResource = z.infer<typeof resource>;

/** What the state of a stack tells. */
export interface StackState {
  resources: StackResource[];
  /** Resources on which an earlier run was at work when it was cut off. */
  pending: StackResource[];
  /** When the stack was last updated, where that is known. */
  updated?: Date;
}

const tries = 4;
const tryAgainAfter = 500;

/**
 * The state of one stack, if the backend has it. Only this one is read: a list reads all stacks. A file that another run
 * is writing at the moment is read again; one whose writer was killed is replaced by the state before it.
 * @throws when the backend is out of reach, or the state cannot be read.
 */
export async function readState(stack: string, run: PulumiRun): Promise<StackState | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { state, error } = await attemptedState(stack, run);
    if (error === undefined) return state;
    const isHalfWritten = /\bEOF$|unexpected end of JSON input/.test(error);
    if (isHalfWritten && attempt < tries) await sleep(tryAgainAfter);
    else if (!isHalfWritten || attempt > tries || !(await repairFiles(stack, run)))
      throw new Failure("unreachable", `stack ${stack} cannot be read: ${error}`);
  }
}

/** The same of a stack that is only looked at: nothing is waited for, and nothing repaired. Nothing where it cannot be read. */
export async function glimpseState(stack: string, run: PulumiRun): Promise<StackState | undefined> {
  try {
    return (await attemptedState(stack, run)).state;
  } catch {
    run.signal.throwIfAborted();
    return undefined;
  }
}

/** Reads it once: without Pulumi where that is possible. */
async function attemptedState(
  stack: string,
  { env, signal }: PulumiRun,
): Promise<{ state?: StackState; error?: string }> {
  const checkpoint = await readCheckpoint(stack, env);
  if (checkpoint !== undefined)
    return checkpoint.exists ? { state: stateOf(stack, () => deployment.parse(checkpoint.latest)) } : {};
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  const options = { env, cwd: programFolder(), cancelSignal: signal, reject: false } as const;
  const { exitCode, stdout, stderr } = await execa("pulumi", args, options);
  signal.throwIfAborted();
  if (exitCode === 0) return { state: exportedState(stack, stdout) };
  return isNoStack(stderr) ? {} : { error: commandError(stderr) ?? lastLine(stderr) };
}

/** @throws on what `pulumi stack export` does not print. */
export function exportedState(stack: string, text: string): StackState {
  return stateOf(stack, () => exported.parse(JSON.parse(text)).deployment);
}

function stateOf(stack: string, read: () => z.infer<typeof deployment>): StackState {
  try {
    const { manifest, resources, pending_operations: pending } = read() ?? {};
    const updated = new Date(manifest?.time ?? "");
    return {
      resources: resources ?? [],
      pending: (pending ?? []).map(({ resource }) => resource),
      ...(!Number.isNaN(updated.getTime()) && { updated }),
    };
  } catch (cause) {
    throw new Failure(
      "broken",
      `the state of stack ${stack} has a form that is unknown: compare it with what \`pulumi stack export\` prints of another stack`,
      { cause },
    );
  }
}
