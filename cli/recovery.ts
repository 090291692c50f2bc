import { AppsV1Api, BatchV1Api, type KubeConfig } from "#bundled/kubernetes";
import { namespaceName } from "../components/model/names.ts";
import { kubeConfig, orUnreachable, requireSameCluster } from "./clusterAccess.ts";
import { readNamespace, type EnvironmentNamespace } from "./namespace.ts";
import { requireOurs, type Owner } from "./owner.ts";
import { pulumi, type PulumiRun } from "./pulumi.ts";
import { readState, type StackState } from "./state.ts";
import { removeEnvironment } from "./removal.ts";

/**
 * Prepares a stack for `pulumi up`: creates it, or puts right what an earlier run left. An environment in doubt is
 * removed and made anew, since it is meant to be.
 * @returns whether an environment is there already.
 * @throws when a namespace of the stack's name is not ours, or an earlier one cannot go.
 */
export async function prepareStack(owner: Owner, run: PulumiRun): Promise<boolean> {
  const { stack } = owner;
  const config = kubeConfig(run.env);
  const [state, namespace] = await Promise.all([
    readState(stack, run),
    orUnreachable(() => readNamespace(config, namespaceName(stack))),
  ]);
  requireSameCluster(config, stack, state);
  if (namespace !== undefined) requireOurs(namespace, owner);
  const kept = namespace && (await orUnreachable(() => keptObjects(config, namespace)));
  const doubt = doubtIn(state, namespace, kept);
  if (doubt !== undefined) {
    run.progress(`an earlier run left its environment ${doubt}: it is removed first`);
    await removeEnvironment(owner, { ...run, keepSettings: true });
  }
  if (state === undefined || doubt !== undefined)
    await pulumi(["stack", "select", "--create", "--stack", stack], run);
  return namespace !== undefined && doubt === undefined;
}

/** Kinds of what is there as long as an environment is; a Job that is over may be gone. */
const keptKind = /^kubernetes:.*:(Deployment|CronJob)$/;

/** UIDs of the objects of these kinds that a namespace has. */
async function keptObjects(
  config: KubeConfig,
  { name: namespace }: EnvironmentNamespace,
): Promise<(string | undefined)[]> {
  const lists = await Promise.all([
    config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace }),
    config.makeApiClient(BatchV1Api).listNamespacedCronJob({ namespace }),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.uid));
}

/**
 * What of an earlier run cannot be built upon, if anything.
 * @param kept UIDs of the Deployments and CronJobs that are there: a removal that was killed wrote no state, and somebody
 * may have deleted one; Pulumi would change nothing about it.
 */
export function doubtIn(
  state: StackState | undefined,
  namespace: EnvironmentNamespace | undefined,
  kept: (string | undefined)[] = [],
): string | undefined {
  const known = state?.resources.find(({ type }) => type === "kubernetes:core/v1:Namespace");
  const [cutOff] = state?.pending ?? [];
  if (cutOff !== undefined) return `half made, at ${nameIn(cutOff.urn)}`;
  if (namespace?.isTerminating === true) return "half removed";
  if (namespace !== undefined && known === undefined) return "without a state";
  if (namespace === undefined && known !== undefined) return "without a namespace";
  const uid = known?.outputs?.metadata?.uid;
  if (uid !== undefined && namespace !== undefined && uid !== namespace.uid)
    return "with the state of another namespace";
  const lost = state?.resources.find(({ type, outputs: { metadata } = {} }) => {
    // What a program puts elsewhere is not looked at.
    const isOfEnvironment = keptKind.test(type) && metadata?.namespace === namespace?.name;
    return isOfEnvironment && metadata?.uid !== undefined && !kept.includes(metadata.uid);
  });
  return lost && `without ${nameIn(lost.urn)}`;
}

function nameIn(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}
