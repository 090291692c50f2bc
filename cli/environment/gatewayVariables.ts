import { readVariable } from "../../foundation/variable.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { wantedByProgram } from "../access/programImages.ts";
import { clusterGateway } from "../kubernetes/clusterGateway.ts";
import { configuredSetting } from "../pulumi/pulumiProject.ts";

/** Settings that say which gateway is meant, and the variables that do the same; by one of them, the cluster is not asked. */
const choices = {
  gateway: "DYNENV_GATEWAY",
  ingressClass: "DYNENV_INGRESS_CLASS",
  gatewayPods: "DYNENV_GATEWAY_PODS",
};

/**
 * Settings of the cluster's gateway, as variables; none where the stack's settings name one, or where the program has nothing
 * that is called from outside.
 * @param shell variables that Pulumi is started with; those of the embedded cluster name its gateway.
 * @param tell is told why there are none, though the program has something for which there could be.
 * @param given settings of the command line.
 */
export async function gatewayVariables(
  shell: Record<string, string>,
  stack: string,
  tell: (line: string) => void,
  given: string[] = [],
): Promise<Record<string, string>> {
  const isChosen = Object.entries(choices).some(
    ([key, variable]) =>
      (configuredSetting(stack, given, key) ?? shell[variable] ?? readVariable(variable)) !== undefined,
  );
  if (isChosen || !wantedByProgram().gateway) return {};
  const domain = configuredSetting(stack, given, "domain") ?? readVariable("DYNENV_DOMAIN");
  return orUnreachable(() => clusterGateway(kubeConfig(shell), domain, tell));
}
