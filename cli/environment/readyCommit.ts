import { AppsV1Api, BatchV1Api, CoreV1Api, type KubeConfig, type V1CronJob } from "#bundled/kubernetes";
import {
  readinessJobName,
  shown,
  suiteOf,
  suiteSelector,
  testJobName,
} from "../../components/model/index.ts";
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
    batch.listNamespacedCronJob({ namespace, labelSelector: suiteSelector }),
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
    doubtAboutTests(tests.items, commit);
  if (doubt === undefined) return;
  throw new Failure(
    "broken",
    `namespace ${namespace} is not known to be ready with commit ${shown(commit)}: ${doubt}; run \`dynenv up\` first, or \`dynenv diagnose\`, which says why`,
  );
}

function doubtAboutTests(cronJobs: V1CronJob[], commit: string): string | undefined {
  const suites = cronJobs.filter(({ metadata }) => suiteOf(metadata?.name ?? "") !== undefined);
  if (suites.length === 0) return `it has no CronJob ${testJobName}`;
  const variables = suites.flatMap(
    ({ spec }) => spec.jobTemplate.spec?.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [],
  );
  const expected = variables.filter(({ name }) => name === "EXPECTED_COMMIT").map(({ value = "" }) => value);
  const other = expected.find((value) => value !== commit);
  return other === undefined ? undefined : `its tests are of commit ${shown(other)}`;
}
