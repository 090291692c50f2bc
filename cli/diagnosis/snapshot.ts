import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  CoreV1Api,
  NetworkingV1Api,
  PolicyV1Api,
  RbacAuthorizationV1Api,
  type CoreV1Event,
  type V1ConfigMap,
  type KubeConfig,
  type V1Deployment,
  type V1Job,
  type V1NetworkPolicy,
  type V1Pod,
  type V1ReplicaSet,
  type V1Secret,
  type V1Service,
} from "#bundled/kubernetes";
import { testRunner } from "../../components/model/index.ts";
import {
  endedContainers,
  lastLinesOf,
  withLastLines,
  withoutLastLines,
} from "../kubernetes/endedContainers.ts";
import type { Mask } from "../text/mask.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { namedSecrets } from "../text/namedSecrets.ts";
import { looksAt } from "../kubernetes/closerLook.ts";
import { httpRoutes, type RouteObject } from "../kubernetes/route.ts";
import { own, ownPods, withoutFormerSeeds, type EnvironmentState } from "../kubernetes/environmentState.ts";
import { isGate } from "./rules/job.ts";
import { usesOf } from "./rules/serviceOrder.ts";

/** What there is in a namespace at one moment, without the secrets in it. */
export interface Snapshot {
  state: EnvironmentState;
  /** All objects, by kind; what may not be read is not among them. */
  objects: Record<string, unknown[]>;
  /** What could not be looked at, and why. */
  hidden: string[];
  /** The part of it without which nobody can say that the environment is ready. */
  unknown: string[];
  /** Whether all secrets are known that logs must not show. */
  hasAllSecrets: boolean;
}

/** Reads a namespace. What may not be read is named; the rest is still of use. @throws when nothing may be read. */
export async function snapshotOf(config: KubeConfig, namespace: string, mask: Mask): Promise<Snapshot> {
  const hidden: string[] = [];
  const read = await Promise.all(
    Object.entries(listers(config, namespace)).map(
      async ([kind, list]): Promise<[string, unknown[]] | undefined> => {
        try {
          return [kind, (await list()).items];
        } catch (error) {
          if (!(error instanceof ApiException) || error.code !== 403) throw error;
          if (!ofSome.has(kind)) hidden.push(`${kind} cannot be read: the login lacks the verb list`);
          return undefined;
        }
      },
    ),
  );
  const all = new Map<string, unknown[]>(read.filter((one) => one !== undefined));
  for (const secret of all.get("secrets") ?? []) mask.addSecret(secret as V1Secret);
  mask.add(
    ...["pods", "deployments", "jobs", "cronjobs"].flatMap((kind) => literalSecrets(all.get(kind) ?? [])),
    ...((all.get("configmaps") ?? []) as V1ConfigMap[]).flatMap(({ data = {} }) => namedSecrets(data)),
  );
  const hasAllSecrets = !hidden.some((reason) => reason.startsWith("secrets "));
  if (!hasAllSecrets) hidden.push("logs are left out, since nobody knows what must be hidden in them");
  const pods = (all.get("pods") ?? []) as V1Pod[];
  if (all.has("pods"))
    all.set("pods", hasAllSecrets ? await withLogs(config, pods) : pods.map(withoutLastLines));
  // By their own names, even where a secret is called like one.
  const looks = await looksAt(stateOf(Object.fromEntries(all)), { config, mask, withLogs: hasAllSecrets });
  const objects: Record<string, unknown[]> = Object.fromEntries(
    [...all].map(([kind, items]) => [kind, items.map((item) => mask.object(plain(kind, item)))]),
  );
  const known = stateOf(objects);
  hidden.push(...[...looks.values()].flatMap(({ unseen = [] }) => unseen).map((text) => mask.text(text)));
  const unknown = hidden.filter((reason) => decides.some((what) => reason.startsWith(`${what} `)));
  return { state: { ...known, looks }, objects, hidden, unknown, hasAllSecrets };
}

/** What decides on whether an environment is ready: these kinds, and the health pages. */
const decides = ["pods", "deployments", "jobs", "networkpolicies", "services", "GET"];

/**
 * Kinds that an identity need not see: only projects with addresses outside of the cluster, or environments that stay, ask
 * for the right to them.
 */
const ofSome = new Set(["httproutes", "ingresses", "poddisruptionbudgets", "horizontalpodautoscalers"]);

/** What lists each kind that may be in a namespace. */
export function listers(
  config: KubeConfig,
  namespace: string,
): Record<string, () => Promise<{ items: object[] }>> {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const batch = config.makeApiClient(BatchV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const policy = config.makeApiClient(PolicyV1Api);
  const autoscaling = config.makeApiClient(AutoscalingV2Api);
  const within = { namespace };
  return {
    pods: () => core.listNamespacedPod(within),
    events: () => core.listNamespacedEvent(within),
    deployments: () => apps.listNamespacedDeployment(within),
    replicasets: () => apps.listNamespacedReplicaSet(within),
    jobs: () => batch.listNamespacedJob(within),
    cronjobs: () => batch.listNamespacedCronJob(within),
    networkpolicies: () => networking.listNamespacedNetworkPolicy(within),
    ingresses: () => networking.listNamespacedIngress(within),
    httproutes: () => httpRoutes(config, namespace),
    services: () => core.listNamespacedService(within),
    serviceaccounts: () => core.listNamespacedServiceAccount(within),
    configmaps: () => core.listNamespacedConfigMap(within),
    resourcequotas: () => core.listNamespacedResourceQuota(within),
    limitranges: () => core.listNamespacedLimitRange(within),
    persistentvolumeclaims: () => core.listNamespacedPersistentVolumeClaim(within),
    poddisruptionbudgets: () => policy.listNamespacedPodDisruptionBudget(within),
    horizontalpodautoscalers: () => autoscaling.listNamespacedHorizontalPodAutoscaler(within),
    secrets: () => core.listNamespacedSecret(within),
    roles: () => rbac.listNamespacedRole(within),
    rolebindings: () => rbac.listNamespacedRoleBinding(within),
  };
}

/** Of a Secret, only which keys it has; of any object, not who manages which field. */
function plain(kind: string, item: unknown): object {
  const { metadata = {}, ...rest } = item as {
    metadata?: Record<string, unknown>;
    data?: object;
    type?: string;
  };
  const { managedFields: _managed, annotations, ...named } = metadata;
  if (kind === "secrets") return { metadata: named, type: rest.type, keys: Object.keys(rest.data ?? {}) };
  return { ...rest, metadata: { ...named, annotations } };
}

function stateOf(objects: Record<string, unknown[]>): EnvironmentState {
  const jobs = own((objects.jobs ?? []) as V1Job[]);
  const networkPolicies = own((objects.networkpolicies ?? []) as V1NetworkPolicy[]);
  const names = [...usesOf(networkPolicies).keys()].filter((name) => name !== testRunner);
  return withoutFormerSeeds({
    ...{ jobs, networkPolicies },
    ...(objects.httproutes && { routes: own(objects.httproutes as RouteObject[]) }),
    ...(objects.services && { services: own(objects.services as V1Service[]) }),
    pods: ownPods((objects.pods ?? []) as V1Pod[]),
    deployments: own((objects.deployments ?? []) as V1Deployment[]),
    replicaSets: own((objects.replicasets ?? []) as V1ReplicaSet[]),
    events: (objects.events ?? []) as CoreV1Event[],
    // The graph has them; before the readiness Job is there, they may still be to come.
    deleted: jobs.some(isGate) ? names : [],
  });
}

/** Pods whose containers say how they ended. */
async function withLogs(config: KubeConfig, pods: V1Pod[]): Promise<V1Pod[]> {
  const read = pods
    .flatMap(endedContainers)
    .map(async (container) => [container.id, await lastLinesOf(config, container)] as const);
  const known = new Map(await Promise.all(read));
  return pods.map((pod) => withLastLines(pod, known));
}
