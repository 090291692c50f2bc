import type { KubeConfig, V1Secret } from "#bundled/kubernetes";
import { EnvironmentKind, namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { requirePinnedCluster } from "../../foundation/pinnedCluster.ts";
import { SettingError } from "../../foundation/settingError.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { readVariable } from "../../foundation/variable.ts";
import type { Work } from "../../foundation/work.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { clientEnvironment, type Cluster, findCluster } from "../access/connect.ts";
import { clusterFromKubeconfig } from "../access/kubeconfigFile.ts";
import { contextName } from "../access/privateKubeconfig.ts";
import { namedCluster } from "../access/shellEnvironment.ts";
import { door } from "../process/door.ts";
import { glimpseState } from "../pulumi/state.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { namedSecrets } from "../text/namedSecrets.ts";
import type { DriftFacts } from "./diffReport.ts";
import { driftOf } from "./diffDrift.ts";
import type { Side, StackSide } from "./diffSides.ts";
import type { Expected } from "./expectedObjects.ts";
import { liveObjects } from "./liveObjects.ts";

/** A cluster that is asked, with the variables of its client. */
export interface Reached {
  env: Record<string, string>;
  config: KubeConfig;
}

/** The clusters of stacks, or why one is not reached, in words. One after the other: what they share is written once. */
export async function clustersOf(
  stacks: StackSide[],
  context: string | undefined,
): Promise<Map<StackSide, Reached | string>> {
  const cluster = await findCluster(context);
  if (cluster === undefined) return new Map(stacks.map((side) => [side, "no cluster is up or named"]));
  const reached = await reach(cluster);
  const all = new Map<StackSide, Reached | string>();
  for (const side of stacks) all.set(side, await ownCluster(side, reached, context));
  return all;
}

async function reach(cluster: Cluster): Promise<Reached> {
  const env = await clientEnvironment(cluster);
  return { env, config: kubeConfig(env) };
}

/** The cluster that a stack's file names: that of the kubeconfig, or of another of its contexts. */
async function ownCluster(
  { settings }: StackSide,
  reached: Reached,
  context: string | undefined,
): Promise<Reached | string> {
  const pinned = settings[`${settingNamespace}:cluster`];
  try {
    requirePinnedCluster(EnvironmentKind.standing, pinned, reached.config.getCurrentContext());
    return reached;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const other = context === undefined && pinned !== undefined ? contextOf(pinned) : undefined;
    const cluster = other === undefined ? undefined : namedCluster(other);
    return cluster === undefined ? error.message : reach(cluster);
  }
}

/** The context of the kubeconfig that leads to a cluster, by what the cluster is. */
function contextOf(pinned: string): string | undefined {
  const kubeconfig = readVariable("KUBECONFIG");
  if (kubeconfig === undefined) return undefined;
  const { contexts } = clusterFromKubeconfig(kubeconfig, undefined);
  return contexts.find((name) => {
    try {
      return contextName(clusterFromKubeconfig(kubeconfig, name).cluster) === pinned;
    } catch {
      // Whoever uses another one need not correct it.
      return false;
    }
  });
}

/** @throws unless one side alone is a stack, whose own cluster was reached. */
export function requireOwnCluster(side: Side, reached: Reached | string | undefined): void {
  if (side.kind !== "stack")
    throw new Failure(
      "usage",
      `${side.name} is a release, which no cluster has by itself: name a stack, or two things to compare`,
    );
  if (typeof reached === "string")
    throw new Failure("unreachable", `${side.name} cannot be compared with its cluster: ${reached}`);
}

/** In what a stack's cluster differs from what is expected. @throws when it does not answer. */
export async function driftFacts(
  { name: stack }: StackSide,
  expected: Promise<Expected>,
  reached: Reached | string,
  work: Work,
): Promise<DriftFacts> {
  if (typeof reached === "string") {
    await expected;
    return { stack, notes: [`${stack} was not compared with its cluster: ${reached}`], objects: [] };
  }
  const { env, config } = reached;
  const { objects } = await expected;
  const [live, state] = await Promise.all([
    orUnreachable(() => liveObjects(config, namespaceName(stack), objects)),
    glimpseState(stack, { env, ...work }),
  ]);
  hideSecretsOf(live.objects);
  door.mask.add(...literalSecrets((state?.resources ?? []).map(({ outputs }) => outputs)));
  const hidden = live.hidden.filter((kind) => objects.some((one) => one.kind === kind));
  return {
    stack,
    cluster: { context: config.getCurrentContext(), version: live.version },
    notes: [
      ...hidden.map(
        (kind) => `${kind} objects of ${stack} were not compared, since the login lacks the verb list`,
      ),
      ...(state === undefined
        ? [
            `fields that somebody added to objects of ${stack} are not seen, since Pulumi's state of it cannot be read`,
          ]
        : []),
    ],
    objects: driftOf(objects, { ...live, state: state?.resources }),
  };
}

/** Nothing that is secret in a cluster is shown, wherever it stands. */
function hideSecretsOf(objects: Manifest[]): void {
  const ofKind = (kind: string) => objects.filter((one) => one.kind === kind);
  for (const secret of ofKind("Secret")) door.mask.addSecret(secret as unknown as V1Secret);
  door.mask.add(
    ...literalSecrets(objects.filter(({ kind }) => kind !== "Secret")),
    ...ofKind("ConfigMap").flatMap(({ data = {} }) => namedSecrets(data as Record<string, string>)),
  );
}
