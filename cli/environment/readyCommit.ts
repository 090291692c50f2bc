import { BatchV1Api, type KubeConfig, type V1Job, type V1PodTemplateSpec } from "#bundled/kubernetes";
import { marksOf, readinessJobName, shown, testJobName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { hasCondition } from "../kubernetes/conditions.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { unlessMissing } from "../kubernetes/unlessMissing.ts";

/**
 * @throws unless an environment was seen to be ready with the commit that its mark tells, and its tests are of that commit:
 * after an update that failed or was cut off, they would be green for what ran before.
 */
export async function requireReadyCommit(
  config: KubeConfig,
  { name: namespace, marks: { commit = "" } }: EnvironmentNamespace,
): Promise<void> {
  const batch = config.makeApiClient(BatchV1Api);
  const [readiness, tests] = await Promise.all([
    unlessMissing(batch.readNamespacedJob({ namespace, name: readinessJobName })),
    unlessMissing(batch.readNamespacedCronJob({ namespace, name: testJobName })),
  ]);
  const doubt =
    doubtAbout(readiness, commit) ?? doubtAboutTests(tests?.spec.jobTemplate.spec?.template, commit);
  if (doubt === undefined) return;
  throw new Failure(
    "broken",
    `namespace ${namespace} is not known to be ready with commit ${shown(commit)}: ${doubt}; run \`dynenv up\` first, or \`dynenv diagnose\`, which says why`,
  );
}

function doubtAbout(readiness: V1Job | undefined, commit: string): string | undefined {
  if (readiness === undefined) return "it has no readiness Job";
  const { commit: asked = commit } = marksOf(readiness.spec?.template.metadata?.annotations);
  if (asked !== commit) return `its readiness Job asked for commit ${shown(asked)}`;
  if (hasCondition(readiness, "Complete")) return undefined;
  return hasCondition(readiness, "Failed") ? "its readiness Job failed" : "its readiness Job has not ended";
}

function doubtAboutTests(tests: V1PodTemplateSpec | undefined, commit: string): string | undefined {
  if (tests === undefined) return `it has no CronJob ${testJobName}`;
  const variables = tests.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  const expected = variables.find(({ name }) => name === "EXPECTED_COMMIT")?.value ?? commit;
  return expected === commit ? undefined : `its tests are of commit ${shown(expected)}`;
}
