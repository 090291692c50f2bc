import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  type KubeConfig,
  type V1PodTemplateSpec,
} from "#bundled/kubernetes";
import { readinessJobName, shown, testJobName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { whyUnproven } from "../diagnosis/gate.ts";
import { hasCondition } from "../kubernetes/conditions.ts";
import { own } from "../kubernetes/environmentState.ts";
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
  const apps = config.makeApiClient(AppsV1Api);
  const [readiness, tests, deployments, replicaSets, services] = await Promise.all([
    unlessMissing(batch.readNamespacedJob({ namespace, name: readinessJobName })),
    unlessMissing(batch.readNamespacedCronJob({ namespace, name: testJobName })),
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedReplicaSet({ namespace }),
    config.makeApiClient(CoreV1Api).listNamespacedService({ namespace }),
  ]);
  const state = {
    ...{ pods: [], events: [], networkPolicies: [], deleted: [] },
    jobs: readiness === undefined ? [] : [readiness],
    deployments: own(deployments.items),
    replicaSets: own(replicaSets.items),
    services: own(services.items),
  };
  const hasFailed = readiness !== undefined && hasCondition(readiness, "Failed");
  const doubt =
    (hasFailed ? "its readiness Job failed" : whyUnproven(state, commit)) ??
    doubtAboutTests(tests?.spec.jobTemplate.spec?.template, commit);
  if (doubt === undefined) return;
  throw new Failure(
    "broken",
    `namespace ${namespace} is not known to be ready with commit ${shown(commit)}: ${doubt}; run \`dynenv up\` first, or \`dynenv diagnose\`, which says why`,
  );
}

function doubtAboutTests(tests: V1PodTemplateSpec | undefined, commit: string): string | undefined {
  if (tests === undefined) return `it has no CronJob ${testJobName}`;
  const variables = tests.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  const expected = variables.find(({ name }) => name === "EXPECTED_COMMIT")?.value ?? commit;
  return expected === commit ? undefined : `its tests are of commit ${shown(expected)}`;
}
