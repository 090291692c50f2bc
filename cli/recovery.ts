import type { KubernetesObject } from "#bundled/kubernetes";
import { readinessJobName } from "../components/model/jobs.ts";
import { namespaceName } from "../components/model/names.ts";
import { kubeConfig, orUnreachable, requireSameCluster } from "./clusterAccess.ts";
import { allFindings } from "./diagnosis/findings.ts";
import { gateFindings } from "./diagnosis/gateRules.ts";
import { snapshotOf, type Snapshot } from "./diagnosis/snapshot.ts";
import { specDiffers } from "./drift.ts";
import type { Mask } from "./mask.ts";
import { readNamespace, type EnvironmentNamespace } from "./namespace.ts";
import { requireOurs, type Owner } from "./owner.ts";
import { pulumi, type PulumiRun } from "./pulumi.ts";
import { removeEnvironment } from "./removal.ts";
import { namespaceIn, requireEnvironmentIn } from "./stackContent.ts";
import { readState, type StackResource, type StackState } from "./state.ts";

/** What `pulumi up` begins with. */
export interface Prepared {
  /** Whether an environment is there already. */
  isUpdate: boolean;
  /** URN of its readiness Job, where that has to run again: something is not ready any more. */
  again?: string;
}

/**
 * Prepares a stack for `pulumi up`: creates it, or puts right what an earlier run left. An environment in doubt is
 * removed and made anew, since it is meant to be.
 * @throws when a namespace of the stack's name is not ours, or an earlier one cannot go.
 */
export async function prepareStack(owner: Owner, run: PulumiRun, mask: Mask): Promise<Prepared> {
  const { stack } = owner;
  const config = kubeConfig(run.env);
  const [state, namespace] = await Promise.all([
    readState(stack, run),
    orUnreachable(() => readNamespace(config, namespaceName(stack))),
  ]);
  requireEnvironmentIn(stack, state);
  requireSameCluster(config, stack, state);
  if (namespace !== undefined) requireOurs(namespace, owner);
  const snapshot = namespace && (await orUnreachable(() => snapshotOf(config, namespace.name, mask)));
  const doubt = doubtIn(stack, { state, namespace, objects: snapshot?.objects });
  if (doubt !== undefined) {
    run.progress(`an earlier run left its environment ${doubt}: it is removed first`);
    await removeEnvironment(owner, { ...run, keepSettings: true });
  }
  if (state === undefined || doubt !== undefined)
    await pulumi(["stack", "select", "--create", "--stack", stack], run);
  if (snapshot === undefined || doubt !== undefined) return { isUpdate: false };
  const gate = isReady(snapshot) ? undefined : readinessJobIn(state);
  if (gate === undefined) return { isUpdate: true };
  run.progress("not all of it is ready: it is checked again");
  return { isUpdate: true, again: gate.urn };
}

function isReady({ state }: Snapshot): boolean {
  return allFindings(state).length === 0 && gateFindings(state, []).length === 0;
}

function readinessJobIn(state: StackState | undefined): StackResource | undefined {
  return state?.resources.find(
    ({ type, outputs }) => type === "kubernetes:batch/v1:Job" && outputs?.metadata?.name === readinessJobName,
  );
}

/** What there is of an environment. */
interface Found {
  state: StackState | undefined;
  namespace: EnvironmentNamespace | undefined;
  /** What is in the namespace, by kind; a kind that could not be read is not among them. */
  objects?: Record<string, unknown[]> | undefined;
}

/**
 * What of an earlier run cannot be built upon, if anything. What a removal that was killed, or somebody, deleted or changed
 * stays so: Pulumi would change nothing about it.
 */
export function doubtIn(stack: string, { state, namespace, objects = {} }: Found): string | undefined {
  const known = namespaceIn(stack, state);
  const [cutOff] = state?.pending ?? [];
  if (cutOff !== undefined) return `half made, at ${nameIn(cutOff.urn)}`;
  if (namespace?.isTerminating === true) return "half removed";
  if (namespace !== undefined && known === undefined) return "without a state";
  if (namespace === undefined && known !== undefined) return "without a namespace";
  const uid = known?.outputs?.metadata?.uid;
  if (uid !== undefined && namespace !== undefined && uid !== namespace.uid)
    return "with the state of another namespace";
  for (const resource of state?.resources ?? []) {
    // What a program puts elsewhere is not looked at.
    if (resource.outputs?.metadata?.namespace !== namespace?.name) continue;
    const doubt = doubtAbout(resource, objects);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** Kinds of what is there as long as an environment is; a Job that is over may be gone. */
const lasting: Record<string, string> = {
  ...{
    Deployment: "deployments",
    CronJob: "cronjobs",
    Service: "services",
    NetworkPolicy: "networkpolicies",
  },
  ...{ ServiceAccount: "serviceaccounts", ConfigMap: "configmaps", Secret: "secrets" },
  ...{ ResourceQuota: "resourcequotas", LimitRange: "limitranges" },
};

function doubtAbout(
  { type, urn, outputs }: StackResource,
  objects: Record<string, unknown[]>,
): string | undefined {
  const [, kind = ""] = /^kubernetes:.*:(\w+)$/.exec(type) ?? [];
  const there = objects[lasting[kind] ?? ""] as KubernetesObject[] | undefined;
  const uid = outputs?.metadata?.uid;
  if (there === undefined || uid === undefined) return undefined;
  const object = there.find(({ metadata }) => metadata?.uid === uid);
  if (object === undefined) return `without ${nameIn(urn)}`;
  return specDiffers(outputs ?? {}, object) ? `with ${nameIn(urn)} changed by somebody` : undefined;
}

function nameIn(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}
