import { embeddedCluster, type EmbeddedCluster } from "../../local/cluster.ts";
import { Failure } from "../../foundation/failure.ts";
import { pulumiTools } from "../../local/toolResolver.ts";
import type { Work } from "../../foundation/work.ts";
import { kubeconfigSecrets } from "./kubeconfigSecrets.ts";
import { door } from "../process/door.ts";
import { namedCluster, pulumiEnvironment, shellEnvironment, type NamedCluster } from "./shellEnvironment.ts";
import { commandName } from "../../foundation/folders.ts";

export type Cluster = NamedCluster | EmbeddedCluster;

/** The cluster that is named, else the embedded one if it is up. */
export async function findCluster(context: string | undefined): Promise<Cluster | undefined> {
  return namedCluster(context) ?? (await embeddedCluster());
}

/** The same. @throws when there is none. */
export async function requireCluster(context: string | undefined): Promise<Cluster> {
  const cluster = await findCluster(context);
  if (cluster !== undefined) return cluster;
  throw new Failure(
    "unreachable",
    `no cluster is up or named: run \`${commandName} cluster up\`, or set KUBECONFIG or KUBE_URL`,
  );
}

/** Variables with which the cluster's client alone works on it: whoever only looks needs no Pulumi. */
export async function clientEnvironment(cluster: Cluster): Promise<Record<string, string>> {
  return masked(await shellEnvironment({ way: "path", folders: [] }, cluster));
}

/** Variables with which Pulumi and its plugins work on a cluster. Finds, downloads or builds Pulumi. No secret in them is shown. */
export async function environmentFor(
  cluster: Cluster | undefined,
  work: Work,
): Promise<Record<string, string>> {
  const env = { ...process.env, ...pulumiEnvironment({ way: "path" }) };
  return masked(await shellEnvironment(await pulumiTools(env, work), cluster));
}

function masked(variables: Record<string, string>): Record<string, string> {
  door.mask.addVariables(variables).add(...kubeconfigSecrets(variables.KUBECONFIG ?? ""));
  return variables;
}
