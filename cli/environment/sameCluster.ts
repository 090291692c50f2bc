import type { KubeConfig } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import type { StackState } from "../pulumi/state.ts";
import { namespaceIn } from "./stackContent.ts";

/**
 * @throws when a state is of a cluster that the kubeconfig does not know: here, nothing of it could be found. Two clusters may
 * call their contexts the same: by a name that is not the cluster's own, only one with the very namespace is taken for it.
 */
export function requireSameCluster(
  config: KubeConfig,
  stack: string,
  state: StackState | undefined,
  namespace: EnvironmentNamespace | undefined,
): void {
  const provider = state?.resources.find(({ type }) => type === "pulumi:providers:kubernetes");
  const context = provider?.inputs?.context;
  if (context === undefined || context === config.getCurrentContext()) return;
  const uid = namespaceIn(stack, state)?.outputs?.metadata?.uid;
  const isKnown = config.getContextObject(context) !== null;
  if (isKnown && (uid === undefined || uid === namespace?.uid)) return;
  if (isKnown)
    throw new Failure(
      "unreachable",
      `stack ${stack} was made with the context ${context}, but the cluster of this kubeconfig lacks its namespace: nothing was changed; use the kubeconfig of the cluster that has it, or, if it was deleted, run \`pulumi stack rm --force --stack ${stack}\``,
    );
  throw new Failure(
    "unreachable",
    `stack ${stack} is of another cluster, whose context ${context} this kubeconfig lacks: nothing was changed; use the kubeconfig of that one`,
  );
}
