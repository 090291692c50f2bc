import { z } from "zod";
import { type Marks, marksOf } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { command } from "../../foundation/work.ts";
import type { PulumiRun } from "./pulumi.ts";

/** What the state of a stack tells when its namespace does not. */
export interface ToldByState {
  marks: Partial<Marks>;
  /** When the stack was last updated. */
  updated: Date | undefined;
  /** Context of the kubeconfig with which it was updated; absent where it never reached a cluster. */
  context: string | undefined;
}

const provided = z.object({ context: z.string() });
const annotated = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) });

const exported = z.object({
  deployment: z.object({
    manifest: z.object({ time: z.string() }).optional(),
    resources: z.array(z.object({ type: z.string(), inputs: z.unknown().optional() })).optional(),
  }),
});

/** Reads the state of one stack. @throws when the backend cannot or has no such stack. */
export async function readToldByState(stack: string, { env, signal }: PulumiRun): Promise<ToldByState> {
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  const explain = (reason: string) => `stack ${stack} cannot be read: ${reason.replace(/^error: /, "")}`;
  const text = await command("pulumi", args, { env, cwd: projectRoot, signal }, explain);
  try {
    return toldBy(text);
  } catch (cause) {
    throw new Failure("broken", `the state of stack ${stack} has a form that is unknown`, { cause });
  }
}

/** The marks that a stack gave its namespace, and the time of its last update. */
export function toldBy(text: string): ToldByState {
  const { deployment } = exported.parse(JSON.parse(text));
  const time = new Date(deployment.manifest?.time ?? "");
  const inputsOf = (wanted: string) => deployment.resources?.find(({ type }) => type === wanted)?.inputs;
  const namespace = annotated.safeParse(inputsOf("kubernetes:core/v1:Namespace"));
  const provider = provided.safeParse(inputsOf("pulumi:providers:kubernetes"));
  return {
    marks: marksOf(namespace.data?.metadata.annotations),
    context: provider.data?.context,
    updated: Number.isNaN(time.getTime()) ? undefined : time,
  };
}
