import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject, V1PodTemplateSpec } from "#bundled/kubernetes";
import { seedAnnotation } from "../../components/model/index.ts";
import { essence, withoutNothing } from "../kubernetes/essence.ts";
import type { StackResource } from "../pulumi/state.ts";

/** Marks what Pulumi keeps encrypted: nobody can say whether that is still the same. */
const encrypted = "4dabf18193072939515e22adb298388d";

/** Kinds of what is there as long as an environment is; a Job that is over may be gone. */
export const lasting: Record<string, string> = {
  ...{
    Deployment: "deployments",
    CronJob: "cronjobs",
    Service: "services",
    NetworkPolicy: "networkpolicies",
    HTTPRoute: "httproutes",
    Ingress: "ingresses",
  },
  ...{ Role: "roles", RoleBinding: "rolebindings" },
  ...{ ServiceAccount: "serviceaccounts", ConfigMap: "configmaps", Secret: "secrets" },
  ...{ ResourceQuota: "resourcequotas", LimitRange: "limitranges" },
  ...{ PersistentVolumeClaim: "persistentvolumeclaims", PodDisruptionBudget: "poddisruptionbudgets" },
  HorizontalPodAutoscaler: "horizontalpodautoscalers",
};

/** Of what is patched in its place, the field that says what it is to be. */
export const patchedField: Record<string, "spec" | "rules" | "subjects"> = {
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "spec",
  "kubernetes:core/v1:ResourceQuota": "spec",
  "kubernetes:core/v1:LimitRange": "spec",
  "kubernetes:rbac.authorization.k8s.io/v1:Role": "rules",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": "subjects",
};

/** Whether somebody changed what an object is to be since Pulumi last wrote it. A restart is not a change. */
export function specDiffers(
  { type, inputs, outputs }: StackResource,
  now: KubernetesObject & Specified,
): boolean {
  const field = patchedField[type];
  if (field !== undefined && JSON.stringify(outputs?.[field] ?? "").includes(encrypted)) return false;
  if (field !== undefined)
    return !isDeepStrictEqual(withoutNothing(outputs?.[field]), withoutNothing(now[field]));
  if (type === "kubernetes:core/v1:Service") return !isDeepStrictEqual(route(outputs?.spec), route(now.spec));
  const generation = outputs?.metadata?.generation;
  // The API server counts the changes of a spec.
  if (generation === undefined || generation === now.metadata?.generation) return false;
  const counts = !isScaledByOthers(type, inputs?.spec);
  // Of one that others scale, each change of its count is counted.
  if (JSON.stringify(outputs?.spec).includes(encrypted)) return counts;
  return !isDeepStrictEqual(counted(essence(outputs?.spec), counts), counted(essence(now.spec), counts));
}

/** Whether a Deployment was written without a number of pods: whoever scales it changes nothing that was said. */
function isScaledByOthers(type: string, spec: unknown): boolean {
  if (type !== "kubernetes:apps/v1:Deployment" || typeof spec !== "object" || spec === null) return false;
  return !("replicas" in spec) && !(encrypted in spec);
}

function counted(spec: unknown, counts: boolean): unknown {
  return counts ? spec : { ...(spec as object), replicas: undefined };
}

/** Whether an object has data that would go with its pods. */
export function isFilled<T extends KubernetesObject & Specified>(found: T | undefined): found is T {
  if (found?.metadata?.annotations?.[seedAnnotation] === undefined) return false;
  const { template } = (found.spec ?? {}) as { template?: V1PodTemplateSpec };
  return template?.spec?.volumes?.some((volume) => volume.persistentVolumeClaim !== undefined) !== true;
}

interface Specified {
  spec?: unknown;
  rules?: unknown;
  subjects?: unknown;
}

/** Where a Service leads to: it has no count of its changes. */
function route(spec: unknown): unknown {
  const { selector, ports, type, externalIPs, externalName } = (spec ?? {}) as Record<string, unknown>;
  return withoutNothing({ selector, ports, type, externalIPs, externalName });
}
