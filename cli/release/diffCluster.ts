import type { KubeConfig, V1Secret } from "#bundled/kubernetes";
import { EnvironmentKind, namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { requirePinnedCluster } from "../../foundation/pinnedCluster.ts";
import { SettingError } from "../../foundation/settingError.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import type { Work } from "../../foundation/work.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { clientEnvironment, findCluster, requireCluster } from "../access/connect.ts";
import { namedCluster } from "../access/shellEnvironment.ts";
import { door } from "../process/door.ts";
import { glimpseState } from "../pulumi/state.ts";
import { literalSecrets } from "../text/literalSecrets.ts";
import { namedSecrets } from "../text/namedSecrets.ts";
import type { DriftFacts } from "./diffReport.ts";
import { driftOf } from "./diffDrift.ts";
import type { Side, StackSide } from "./diffSides.ts";
import { liveObjects } from "./liveObjects.ts";

/** A cluster that is asked, with the variables of its client. */
interface Reached {
  env: Record<string, string>;
  config: KubeConfig;
}

/** @throws unless one side alone is a stack, whose own cluster is the one that the kubeconfig leads to. */
export async function requireOwnCluster(side: Side, context: string | undefined): Promise<void> {
  if (side.kind !== "stack")
    throw new Failure(
      "usage",
      `${side.name} is a release, which no cluster has by itself: name a stack, or two things to compare`,
    );
  await requireCluster(context);
  const reached = await ownCluster(side, context);
  if (typeof reached === "string") throw new SettingError(reached);
}

/** The cluster that a stack's file names; else why it is not reached, in words. */
async function ownCluster(side: StackSide, context: string | undefined): Promise<Reached | string> {
  const pinned = side.settings[`${settingNamespace}:cluster`];
  const cluster = await findCluster(context);
  if (cluster === undefined) return "no cluster is up or named";
  const env = await clientEnvironment(cluster);
  const config = kubeConfig(env);
  try {
    requirePinnedCluster(EnvironmentKind.standing, pinned, config.getCurrentContext());
    return { env, config };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const other = context === undefined && pinned !== undefined ? await byContext(pinned) : undefined;
    return other ?? error.message;
  }
}

/** The cluster of another context of the same kubeconfig, where it has that. */
async function byContext(context: string): Promise<Reached | undefined> {
  try {
    const cluster = namedCluster(context);
    if (cluster === undefined) return undefined;
    const env = await clientEnvironment(cluster);
    return { env, config: kubeConfig(env) };
  } catch (error) {
    if (error instanceof SettingError || error instanceof Failure) return undefined;
    throw error;
  }
}

/** In what a stack's cluster differs from what is expected. @throws when it does not answer. */
export async function driftFacts(
  side: StackSide,
  expected: Promise<Manifest[]>,
  context: string | undefined,
  work: Work,
): Promise<DriftFacts> {
  const stack = side.name;
  const reached = await ownCluster(side, context);
  if (typeof reached === "string") {
    await expected;
    return { stack, notes: [`${stack} was not compared with its cluster: ${reached}`], objects: [] };
  }
  const { env, config } = reached;
  const objects = await expected;
  const [live, state] = await Promise.all([
    orUnreachable(() => liveObjects(config, namespaceName(stack), objects)),
    glimpseState(stack, { env, ...work }),
  ]);
  hideSecretsOf(live.objects);
  const hidden = live.hidden.filter((kind) => objects.some((one) => one.kind === kind));
  return {
    stack,
    cluster: { context: config.getCurrentContext(), version: live.version },
    notes: [
      ...hidden.map((kind) => `${kind} objects of ${stack} were not compared, since the login lacks the verb list`),
      ...(state === undefined
        ? [`fields that somebody added to objects of ${stack} are not seen, since Pulumi's state of it cannot be read`]
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
