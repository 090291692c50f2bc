import type { Manifest } from "../../rendering/manifest.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { StackSide } from "./diffSides.ts";
import { withLock } from "./lockSource.ts";
import { fromCluster } from "./recordedSettings.ts";
import { renderedProgram } from "./renderedProgram.ts";

/** Objects of a stack, and those that another release would have there. */
export interface Expected {
  objects: Manifest[];
  others: Manifest[];
}

/**
 * What a stack is to consist of: its release with the settings of the stack's file and what its cluster told when it was last
 * deployed, so that no cluster is asked; of what was no release, what was recorded then.
 * @param other another release, with the same settings.
 */
export async function expectedObjects(
  { name, lock: own, recorded, hasFile, manifests }: StackSide,
  other: ReleaseLock | undefined,
  signal: AbortSignal,
): Promise<Expected> {
  const lock = own ?? other;
  if (lock === undefined) return { objects: manifests, others: [] };
  const { project, ref, commit } = lock;
  // What this shell says of another cluster counts for nothing.
  const unset = Object.fromEntries(fromCluster.map((variable) => [variable, ""]));
  const run = { DYNENV_PROJECT: project, DYNENV_REF: ref, DYNENV_COMMIT: commit };
  const given = hasFile ? [] : Object.entries(recorded.settings).map(([key, value]) => `${key}=${value}`);
  const wanted = { stack: name, given, withoutHash: true, other: own && other, signal };
  const rendered = await withLock(lock, (variables) =>
    renderedProgram({ ...wanted, env: { ...unset, ...recorded.variables, ...run, ...variables } }),
  );
  return own === undefined
    ? { objects: manifests, others: rendered.manifests }
    : { objects: rendered.manifests, others: rendered.others ?? [] };
}
