import type { Manifest } from "../../rendering/manifest.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { StackSide } from "./diffSides.ts";
import { withLock } from "./lockSource.ts";
import { fromCluster } from "./recordedSettings.ts";
import { renderedProgram } from "./renderedProgram.ts";

/**
 * What a stack is to consist of: a release with the settings of the stack's file and what its cluster told when it was last
 * deployed, so that no cluster is asked; of what was no release, what was recorded then.
 * @param lock in place of the stack's own.
 */
export async function expectedObjects(
  { name, recorded, hasFile, manifests }: StackSide,
  lock: ReleaseLock | undefined,
  signal: AbortSignal,
): Promise<Manifest[]> {
  if (lock === undefined) return manifests;
  const { project, ref, commit } = lock;
  // What this shell says of another cluster counts for nothing.
  const unset = Object.fromEntries(fromCluster.map((variable) => [variable, ""]));
  const env = {
    ...unset,
    ...recorded.variables,
    DYNENV_PROJECT: project,
    DYNENV_REF: ref,
    DYNENV_COMMIT: commit,
  };
  const given = hasFile ? [] : Object.entries(recorded.settings).map(([key, value]) => `${key}=${value}`);
  const rendered = await withLock(lock, (own) =>
    renderedProgram({ stack: name, given, env: { ...env, ...own }, signal }),
  );
  return rendered.manifests;
}
