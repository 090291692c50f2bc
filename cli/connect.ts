import { clusterUp, embeddedCluster, type EmbeddedCluster } from "../local/cluster.ts";
import type { Progress } from "../local/progress.ts";
import { pulumiTools } from "../local/toolResolver.ts";
import { namedCluster, pulumiEnvironment, shellEnvironment, type NamedCluster } from "./shellEnvironment.ts";

export interface Connection {
  /** Variables for Pulumi and its plugins. */
  env: Record<string, string>;
  cluster: NamedCluster | EmbeddedCluster | undefined;
  /** Whether this call started the embedded cluster. */
  started: boolean;
}

/**
 * Finds Pulumi and the cluster: the one that is named, else the embedded one, which is started if `start` says so.
 */
export async function connect(
  { context, start }: { context: string | undefined; start: boolean },
  progress: Progress,
): Promise<Connection> {
  const named = namedCluster(context);
  const running = named ?? (await embeddedCluster());
  const cluster = running ?? (start ? await clusterUp(progress) : undefined);
  const env = { ...process.env, ...pulumiEnvironment({ way: "path" }) };
  const tools = await pulumiTools(env, progress);
  return {
    env: await shellEnvironment(tools, cluster),
    cluster,
    started: cluster !== undefined && cluster !== running,
  };
}
