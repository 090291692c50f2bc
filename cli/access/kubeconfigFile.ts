import { createSecureContext } from "node:tls";
import { readFileSync } from "node:fs";
import { named, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { inContext, type ClusterEntry, type ExecEntry, type UserEntry } from "../../foundation/kubeconfig.ts";
import type { ClusterAccess } from "./clusterVariables.ts";

/** Access, and the name of the context that tells it. */
export type NamedAccess = ClusterAccess & { alias: string };

/**
 * Access as a kubeconfig tells it, by its current context or the one that is wanted. Exec plugins and references to files
 * stay what they are.
 * @param path value of KUBECONFIG; several files are merged as kubectl does.
 * @throws when it cannot be read, and when it lacks the context, its cluster or its user, or kubectl would refuse these.
 */
export function clusterFromKubeconfig(
  path: string,
  wanted: string | undefined,
): NamedAccess & { contexts: string[] } {
  const { context: alias, kubeconfig } = inContext(path, wanted);
  const wrong = (why: string) =>
    new Failure("usage", `kubeconfig ${named(path)} ${why}: correct it with \`kubectl config\``);
  const { contexts, clusters, users } = kubeconfig;
  const { cluster: clusterName, user: userName, ...context } = contexts.get(alias) ?? {};
  const needs = `which its context ${shown(alias)} needs`;
  const cluster = clusters.get(clusterName ?? "");
  if (cluster?.server == null || cluster.server === "")
    throw wrong(`has no cluster ${shown(clusterName ?? "")} with a server, ${needs}`);
  // Some servers ask for none, such as `kubectl proxy`.
  const user = userName == null || userName === "" ? {} : users.get(userName);
  if (user === undefined) throw wrong(`has no user ${shown(userName ?? "")}, ${needs}`);
  const cause = wrongCluster(cluster) ?? wrongUser(user) ?? unusable(cluster, user);
  if (cause !== undefined) throw wrong(`has a context ${shown(alias)} that cannot be used, since ${cause}`);
  return {
    cluster: { ...cluster, server: cluster.server },
    ...{ user, context, alias, contexts: [...contexts.keys()] },
  };
}

/** What kubectl refuses of a cluster, if anything. */
function wrongCluster(cluster: ClusterEntry): string | undefined {
  const { "proxy-url": proxy, "certificate-authority": file, "certificate-authority-data": data } = cluster;
  if (!isEmpty(file) && !isEmpty(data))
    return "its cluster has certificate-authority and certificate-authority-data";
  if (cluster["insecure-skip-tls-verify"] === true && !(isEmpty(file) && isEmpty(data)))
    return "its cluster has a certificate authority beside insecure-skip-tls-verify";
  const { protocol } = new URL(URL.canParse(proxy ?? "") ? (proxy ?? "") : "about:blank");
  // A login in it is a secret.
  if (!isEmpty(proxy) && !["http:", "https:", "socks5:"].includes(protocol))
    return "the proxy-url of its cluster is not an address with http, https or socks5";
  return undefined;
}

/** What kubectl refuses of a user, if anything. */
function wrongUser(user: UserEntry): string | undefined {
  const has = (...names: (keyof UserEntry)[]) => names.some((name) => !isEmpty(user[name]));
  if (has("token") && has("username", "password")) return "its user has a token and a password";
  for (const name of ["client-certificate", "client-key"] as const)
    if (has("client-certificate", "client-certificate-data") && has(name) && has(`${name}-data`))
      return `its user has ${name} and ${name}-data`;
  if (has("client-certificate", "client-certificate-data") && !has("client-key", "client-key-data"))
    return "its user has a client-certificate without a client-key";
  if (has("as-uid", "as-groups", "as-user-extra") && !has("as"))
    return "its user impersonates a uid, groups or extra without a user";
  if (has("exec") && has("auth-provider")) return "its user has exec and auth-provider";
  if (has("auth-provider") && user["auth-provider"]?.name !== "oidc")
    return `its user has an auth-provider other than oidc: an exec plugin has taken its place`;
  return user.exec ? wrongPlugin(user.exec) : undefined;
}

/** API of login plugins; the first version has a default for interactiveMode. */
const pluginApis = ["client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1"];

function wrongPlugin({ command, apiVersion, env, interactiveMode }: ExecEntry): string | undefined {
  if (isEmpty(command)) return "the exec plugin of its user has no command";
  if (!pluginApis.includes(apiVersion ?? ""))
    return `the apiVersion of its user's exec plugin is not ${pluginApis.join(" or ")}`;
  if (env?.some(({ name }) => isEmpty(name)) === true)
    return "the exec plugin of its user has a variable without a name";
  const modes = ["Never", "IfAvailable", "Always", ...(apiVersion === pluginApis[0] ? [""] : [])];
  if (!modes.includes(interactiveMode ?? ""))
    return "the interactiveMode of its user's exec plugin is not Never, IfAvailable or Always";
  return undefined;
}

/** Whether the files can be read, and the certificates and the key be used. */
function unusable(cluster: ClusterEntry, user: UserEntry): string | undefined {
  try {
    const { ca, cert, key, tokenFile } = {
      ca: dataOf(cluster, "certificate-authority"),
      ...certificateOf(user),
      tokenFile: isEmpty(user.tokenFile) ? undefined : readFileSync(user.tokenFile ?? ""),
    };
    if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----"))
      return "its certificate authority is not PEM";
    createSecureContext({ ca, cert, key });
    return tokenFile?.length === 0 ? "the tokenFile of its user is empty" : undefined;
  } catch (error) {
    const { code, syscall, path } = error as NodeJS.ErrnoException;
    return syscall === undefined
      ? `its certificates or its key are not what TLS takes (${code ?? "unknown error"})`
      : `${named(path ?? "a file")} cannot be read (${code ?? "unknown error"})`;
  }
}

/** Text in PEM of a setting that is a path, or data in base64. */
export function dataOf(
  entry: ClusterEntry | UserEntry,
  name: "certificate-authority" | "client-certificate" | "client-key",
): Buffer | undefined {
  const { [name]: path, [`${name}-data`]: data } = entry as Record<string, string | null | undefined>;
  if (!isEmpty(data)) return Buffer.from(data ?? "", "base64");
  return isEmpty(path) ? undefined : readFileSync(path ?? "");
}

/** A key without a certificate counts for nothing. */
export function certificateOf(user: UserEntry): { cert?: Buffer | undefined; key?: Buffer | undefined } {
  const cert = dataOf(user, "client-certificate");
  return cert === undefined ? {} : { cert, key: dataOf(user, "client-key") };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
