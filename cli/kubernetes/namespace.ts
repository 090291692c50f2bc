import { setTimeout as sleep } from "node:timers/promises";
import {
  CoreV1Api,
  V1DeleteOptions,
  V1Preconditions,
  type KubeConfig,
  type V1Namespace,
} from "#bundled/kubernetes";
import { isOurs, type Marks, marksOf } from "../../components/model/index.ts";
import { unlessMissing } from "./unlessMissing.ts";
import { watchUntil } from "./watch.ts";

/** An environment's namespace, as the cluster has it. */
export interface EnvironmentNamespace {
  name: string;
  uid: string;
  created: Date;
  /** Whether it has the owner mark: no other is ever changed or deleted. */
  isOurs: boolean;
  marks: Partial<Marks>;
  isTerminating: boolean;
}

/** The namespace of that name, if there is one. */
export async function readNamespace(
  config: KubeConfig,
  name: string,
): Promise<EnvironmentNamespace | undefined> {
  const object = await unlessMissing(config.makeApiClient(CoreV1Api).readNamespace({ name }));
  return object && environmentNamespace(object);
}

export function environmentNamespace({ metadata }: V1Namespace): EnvironmentNamespace {
  return {
    name: metadata?.name ?? "",
    uid: metadata?.uid ?? "",
    created: metadata?.creationTimestamp ?? new Date(0),
    isOurs: isOurs(metadata?.labels),
    marks: marksOf(metadata?.annotations),
    isTerminating: metadata?.deletionTimestamp !== undefined,
  };
}

/** Deletes this very namespace: one of the same name that was made in the meantime stays. */
export async function deleteNamespace(
  config: KubeConfig,
  { name, uid }: EnvironmentNamespace,
): Promise<void> {
  const body = new V1DeleteOptions();
  body.preconditions = new V1Preconditions();
  body.preconditions.uid = uid;
  await unlessMissing(config.makeApiClient(CoreV1Api).deleteNamespace({ name, body }));
}

/**
 * Waits until this very namespace is gone.
 * @returns whether it went before the signal came; why it did not, {@link whatKeeps} tells.
 */
export async function untilGone(
  config: KubeConfig,
  { name, uid }: EnvironmentNamespace,
  signal: AbortSignal,
): Promise<boolean> {
  const isGone = (now: { uid?: string } | undefined) => now?.uid !== uid || undefined;
  try {
    return await watchUntil(config, {
      path: "/api/v1/namespaces",
      selector: { fieldSelector: `metadata.name=${name}` },
      signal,
      pick: (object, type) => type === "DELETED" || isGone((object as V1Namespace).metadata),
      ask: async () => isGone(await readNamespace(config, name)),
    });
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Why a namespace that is being deleted stays: what its controller says of objects, finalizers and API services. */
export async function whatKeeps(config: KubeConfig, name: string): Promise<string> {
  const object = await unlessMissing(config.makeApiClient(CoreV1Api).readNamespace({ name }));
  const said = hindrances(object).map(({ message = "" }) => message);
  return said.length > 0 ? said.join("; ") : "its controller gives no reason";
}

/** What is normal while pods end, and a finding when it lasts. */
const stuckAfter = 30_000;

/** Waits until a namespace is kept from going for half a minute. @throws the signal's reason when it comes first. */
export async function untilStuck(config: KubeConfig, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    await watchUntil(config, {
      path: "/api/v1/namespaces",
      selector: { fieldSelector: `metadata.name=${name}` },
      signal,
      pick: (object) => (hindrances(object as V1Namespace).length > 0 ? true : undefined),
    });
    await sleep(stuckAfter, undefined, { signal });
    const now = await unlessMissing(config.makeApiClient(CoreV1Api).readNamespace({ name }));
    if (hindrances(now).length > 0) return;
  }
}

/** What the namespace controller says that it cannot do; a deletion without any takes only time. */
function hindrances(namespace: V1Namespace | undefined): { message?: string | undefined }[] {
  if (namespace === undefined) return [];
  const { metadata, status, spec } = namespace;
  const conditions = status?.conditions ?? [];
  const said = conditions.filter(({ status, type }) => status === "True" && type.startsWith("Namespace"));
  // Pulumi's deletion puts its own there.
  const kept = metadata?.finalizers?.filter((one) => one !== "foregroundDeletion") ?? [];
  const isEmptied = metadata?.deletionTimestamp !== undefined && (spec?.finalizers ?? []).length === 0;
  if (!isEmptied || kept.length === 0) return said;
  return [...said, { message: `its own finalizers are still there: ${kept.join(", ")}` }];
}
