import {
  KubernetesObjectApi,
  V1DeleteOptions,
  V1Preconditions,
  type KubeConfig,
  type KubernetesObject,
} from "#bundled/kubernetes";
import { gatewayApi, isOurs, marksOf, namespaceName } from "../../components/model/index.ts";
import { orUnreachable } from "../access/clusterAccess.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { deleteNamespace, untilGone, type EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { unlessMissing } from "../kubernetes/unlessMissing.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import type { StackResource, StackState } from "../pulumi/state.ts";
import { lasting } from "./drift.ts";

const { PersistentVolumeClaim: _claims, ...withoutClaims } = lasting;
/** Kinds whose objects hold nothing but what the program gives them, so that one made anew is the same; claims hold data. */
const dataless: Record<string, string> = { ...withoutClaims, Job: "jobs" };

/** API groups of these kinds, with their versions, where that is not the core's. */
const groupVersions: Record<string, string> = {
  ...{ deployments: "apps/v1", jobs: "batch/v1", cronjobs: "batch/v1" },
  ...{ poddisruptionbudgets: "policy/v1", horizontalpodautoscalers: "autoscaling/v2" },
  ...{ networkpolicies: "networking.k8s.io/v1", ingresses: "networking.k8s.io/v1" },
  ...{ roles: "rbac.authorization.k8s.io/v1", rolebindings: "rbac.authorization.k8s.io/v1" },
  httproutes: `${gatewayApi.group}/${gatewayApi.version}`,
};

/** An object of the environment that its state does not know, which holds no data. */
export interface Untold {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

/** What a run found that was cut off before this one. */
interface Found {
  stack: string;
  state: StackState | undefined;
  namespace: EnvironmentNamespace | undefined;
  snapshot: Pick<Snapshot, "objects" | "hidden"> | undefined;
}

/**
 * Removes what a run made that was killed before its state learned of it: the next one would make it again, and the cluster
 * refuse that. Only what the state says was being made, has our mark and holds no data goes; an environment that stays keeps
 * the rest.
 */
export async function removeUntold(config: KubeConfig, found: Found, run: PulumiRun): Promise<void> {
  const { state, namespace, snapshot } = found;
  if (state === undefined || namespace === undefined || snapshot === undefined) return;
  if (isUntoldAndEmpty(found)) {
    run.progress(
      `namespace ${namespace.name} was made by a run that did not get to know it: it is removed, empty`,
    );
    await orUnreachable(() => deleteNamespace(config, namespace));
    await orUnreachable(() => untilGone(config, namespace, run.signal));
    return;
  }
  await removeObjects(config, namespace.name, untoldOf(state.pending, state, snapshot.objects), run);
}

/** Removes these very objects. @returns whether there were any. */
export async function removeObjects(
  config: KubeConfig,
  namespace: string,
  objects: Untold[],
  run: PulumiRun,
): Promise<boolean> {
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const { uid, name, kind, apiVersion } of objects) {
    run.progress(`${kind} ${name} was made by a run that did not get to know it: it is made anew`);
    const body = new V1DeleteOptions();
    body.preconditions = new V1Preconditions();
    body.preconditions.uid = uid;
    body.propagationPolicy = "Background";
    const object = { apiVersion, kind, metadata: { name, namespace } };
    const none = undefined;
    await orUnreachable(() => unlessMissing(api.delete(object, none, none, none, none, none, body)));
  }
  return objects.length > 0;
}

/** Those of the resources whose object is there, is ours, holds no data, and is not in the state. */
export function untoldOf(
  resources: Pick<StackResource, "type" | "inputs">[],
  state: StackState | undefined,
  objects: Record<string, unknown[]>,
): Untold[] {
  return resources.flatMap(({ type, inputs }) => {
    const [, apiVersion = "", kind = ""] = /^kubernetes:(?:core\/)?(.+):(\w+)$/.exec(type) ?? [];
    const name = inputs?.metadata?.name ?? "";
    return untoldAmong(objects, { apiVersion, kind, name }, state);
  });
}

/** The same of some objects, each by its kind in the plural and its name. */
export function untoldNamed(
  names: [plural: string, name: string][],
  state: StackState | undefined,
  objects: Record<string, unknown[]>,
): Untold[] {
  return names.flatMap(([plural, name]) => {
    const [kind = ""] = Object.entries(dataless).find(([, one]) => one === plural) ?? [];
    return untoldAmong(objects, { apiVersion: groupVersions[plural] ?? "v1", kind, name }, state);
  });
}

function untoldAmong(
  objects: Record<string, unknown[]>,
  { apiVersion, kind, name }: Omit<Untold, "uid">,
  state: StackState | undefined,
): Untold[] {
  const there = objects[dataless[kind] ?? ""] as KubernetesObject[] | undefined;
  const live = there?.find(({ metadata }) => metadata?.name === name);
  const [uid, labels] = [live?.metadata?.uid, live?.metadata?.labels];
  const isKnown = state?.resources.some(({ outputs }) => outputs?.metadata?.uid === uid) === true;
  if (uid === undefined || isKnown || !isOurs(labels)) return [];
  return [{ apiVersion, kind, name, uid }];
}

/** Whether a run was killed while it made the namespace, so that nothing else of it can be there. */
export function isUntoldAndEmpty({ stack, state, namespace, snapshot }: Found): boolean {
  const isNamespace = ({ type, inputs }: StackResource) =>
    type === "kubernetes:core/v1:Namespace" && marksOf(inputs?.metadata?.annotations).stack === stack;
  if (state?.pending.some(isNamespace) !== true || state.resources.some(isNamespace)) return false;
  if (namespace?.name !== namespaceName(stack) || namespace.marks.stack !== stack) return false;
  const { objects, hidden } = snapshot ?? { objects: {}, hidden: ["all"] };
  const { pods = [], persistentvolumeclaims: claims = [] } = objects;
  const ours = (Object.values(objects).flat() as KubernetesObject[]).filter(({ metadata }) =>
    isOurs(metadata?.labels),
  );
  return hidden.length === 0 && pods.length === 0 && claims.length === 0 && ours.length === 0;
}
