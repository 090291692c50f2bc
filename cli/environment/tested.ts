import { BatchV1Api, CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions } from "#bundled/kubernetes";
import { markAnnotations, readinessJobName, revisionsAnnotation } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { unlessForbidden, unlessMissing } from "../kubernetes/unlessMissing.ts";

/**
 * What an environment was seen to be ready with: its name holds all of the graph, and of every pod what it is made from. After
 * another deployment it is another one.
 */
async function seenReady(config: KubeConfig, namespace: string): Promise<string | undefined> {
  const job = await unlessMissing(
    config.makeApiClient(BatchV1Api).readNamespacedJob({ namespace, name: readinessJobName }),
  );
  return job?.spec?.template.metadata?.annotations?.[revisionsAnnotation];
}

/** Marks what all tests have passed for. @returns whether this login may. */
export async function markTested(config: KubeConfig, namespace: string): Promise<boolean> {
  const tested = await seenReady(config, namespace);
  if (tested === undefined) return false;
  const body = { metadata: { annotations: markAnnotations({ tested }) } };
  const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  const core = config.makeApiClient(CoreV1Api);
  return (await unlessForbidden(core.patchNamespace({ name: namespace, body }, merge))) !== undefined;
}

/** @throws unless all tests have passed for what is deployed now. */
export async function requireTested(
  config: KubeConfig,
  { name, marks }: EnvironmentNamespace,
): Promise<void> {
  const now = await seenReady(config, name);
  if (now !== undefined && marks.tested === now) return;
  const stack = marks.stack ?? "";
  throw new Failure(
    "broken",
    `the tests of ${name} have not all passed since it was deployed: run \`dynenv test --stack ${stack}\` first`,
  );
}
