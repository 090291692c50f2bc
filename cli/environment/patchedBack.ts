import {
  CoreV1Api,
  NetworkingV1Api,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  type KubeConfig,
} from "#bundled/kubernetes";
import type { StackResource } from "../pulumi/state.ts";
import { patchedField } from "./drift.ts";

/**
 * Gives what can be changed in its place what it is to be, and returns the others. Pulumi would have to replace a policy,
 * and with it all that begins after it: the whole environment.
 */
export async function withoutPatched(config: KubeConfig, changed: StackResource[]): Promise<StackResource[]> {
  const json = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
  const [core, networking, rbac] = [
    config.makeApiClient(CoreV1Api),
    config.makeApiClient(NetworkingV1Api),
    config.makeApiClient(RbacAuthorizationV1Api),
  ];
  for (const { type, outputs } of changed) {
    const field = patchedField[type];
    if (field === undefined) continue;
    const { name = "", namespace = "" } = outputs?.metadata ?? {};
    const one = { name, namespace, body: [{ op: "add", path: `/${field}`, value: outputs?.[field] }] };
    if (type.endsWith(":NetworkPolicy")) await networking.patchNamespacedNetworkPolicy(one, json);
    else if (type.endsWith(":ResourceQuota")) await core.patchNamespacedResourceQuota(one, json);
    else if (type.endsWith(":LimitRange")) await core.patchNamespacedLimitRange(one, json);
    else if (type.endsWith(":Role")) await rbac.patchNamespacedRole(one, json);
    else await rbac.patchNamespacedRoleBinding(one, json);
  }
  return changed.filter(({ type }) => patchedField[type] === undefined);
}
