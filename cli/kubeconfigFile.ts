import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../local/failure.ts";
import { contextOf } from "../stacks/kubeconfig.ts";
import type { ClusterAccess } from "./clusterVariables.ts";
import { named, shown } from "../components/model/shown.ts";

const entry = z.record(z.string(), z.unknown());
const context = z.looseObject({ cluster: z.string(), user: z.string().default("") });
const kubeconfig = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: entry })).default([]),
  users: z.array(z.object({ name: z.string(), user: entry.nullish() })).default([]),
  contexts: z.array(z.object({ name: z.string(), context })).default([]),
});
type Kubeconfig = z.infer<typeof kubeconfig>;

/** Access, and the name of the context that tells it. */
export type NamedAccess = ClusterAccess & { alias: string };

/**
 * Access as a kubeconfig tells it, by its current context or the one that is wanted. Relative paths become absolute;
 * exec plugins and references to files stay what they are.
 * @param path value of KUBECONFIG; of several files the first that has a name counts, as with kubectl.
 * @throws when it cannot be read, and when it lacks the context, its cluster or its user.
 */
export function clusterFromKubeconfig(path: string, wanted: string | undefined): NamedAccess {
  const alias = contextOf(path, wanted);
  const files = path.split(":").filter(Boolean).map(readKubeconfig);
  const lacks = (what: string) =>
    new Failure("usage", `kubeconfig ${named(path)} has no ${what}, which its context ${shown(alias)} needs`);
  const found = files.flatMap(({ contexts }) => contexts).find(({ name }) => name === alias)?.context;
  if (found === undefined) throw lacks("context that names a cluster");
  const { cluster: clusterName, user: userName, ...others } = found;
  const cluster = files.flatMap(({ clusters }) => clusters).find(({ name }) => name === clusterName)?.cluster;
  if (typeof cluster?.server !== "string") throw lacks(`cluster ${shown(clusterName)} with a server`);
  const user = files.flatMap(({ users }) => users).find(({ name }) => name === userName);
  if (user === undefined && userName !== "") throw lacks(`user ${shown(userName)}`);
  return { cluster: { ...cluster, server: cluster.server }, user: user?.user ?? {}, context: others, alias };
}

function readKubeconfig(path: string): Kubeconfig {
  const result = kubeconfig.safeParse(parse(readFileSync(path, "utf8")));
  if (!result.success) {
    const where = result.error.issues[0]?.path.map((key) => named(String(key))).join(".") ?? "";
    throw new Failure(
      "usage",
      `kubeconfig ${named(path)} is wrong at ${where}: write it with \`kubectl config\``,
    );
  }
  const { clusters, users, contexts } = result.data;
  const folder = dirname(resolve(path));
  return {
    clusters: clusters.map(({ name, cluster }) => ({ name, cluster: withAbsolutePaths(cluster, folder) })),
    users: users.map(({ name, user }) => ({ name, user: user && withAbsolutePaths(user, folder) })),
    contexts,
  };
}

const paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** What kubectl takes as relative to the kubeconfig's folder, a plugin's command included unless PATH has it. */
function withAbsolutePaths(settings: Record<string, unknown>, folder: string): Record<string, unknown> {
  const absolute = Object.entries(settings).map(([name, value]): [string, unknown] => {
    if (paths.includes(name) && typeof value === "string" && value !== "")
      return [name, resolve(folder, value)];
    if (name === "exec") return [name, withAbsoluteCommand(value, folder)];
    return [name, value];
  });
  return Object.fromEntries(absolute);
}

function withAbsoluteCommand(plugin: unknown, folder: string): unknown {
  const { command } = plugin as { command?: unknown };
  if (typeof command !== "string" || !command.includes("/")) return plugin;
  return { ...(plugin as object), command: resolve(folder, command) };
}
