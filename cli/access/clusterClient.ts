import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { getCACertificates } from "node:tls";
import {
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
  type ApiConstructor,
  type ApiType,
  type RequestContext,
} from "#bundled/kubernetes";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ClusterEntry, UserEntry } from "../../foundation/kubeconfig.ts";
import { certificateOf, dataOf, type NamedAccess } from "./kubeconfigFile.ts";
import { LoginPlugin, type Authenticator } from "./loginPlugin.ts";
import { PatientRequests } from "./patientRequests.ts";
import { proxyFor } from "../../foundation/proxy.ts";

type DispatcherGiven = Parameters<KubeConfig["createDispatcherOptions"]>;
type DispatcherOptions = ReturnType<KubeConfig["createDispatcherOptions"]>;

/** The Kubernetes client, with what it does not take from a kubeconfig or the environment by itself. */
export class ClusterClient extends KubeConfig {
  readonly #impersonation: Record<string, string | string[]>;

  /** @param contexts all that the kubeconfig has: whether it knows a cluster is asked by these names. */
  constructor(access: NamedAccess, contexts: string[], variables: Record<string, string | undefined>) {
    super();
    const address = serverOf(access);
    const isSecure = address.protocol === "https:";
    // Like kubectl: a login is never sent in the clear.
    const user: UserEntry = isSecure ? access.user : {};
    const cluster: ClusterEntry = access.cluster;
    const isTrusted = !isSecure || cluster["insecure-skip-tls-verify"] === true;
    const { cert, key } = certificateOf(user);
    const login = loginOf(user, access);
    if (login !== undefined) this.addAuthenticator(login);
    this.#impersonation = impersonation(user);
    this.loadFromOptions({
      clusters: [
        {
          ...{ name: "cluster", server: address.href.replace(/\/$/, ""), skipTLSVerify: isTrusted },
          tlsServerName: cluster["tls-server-name"],
          caData: base64(
            dataOf(cluster, "certificate-authority") ?? (isTrusted ? undefined : systemAuthorities()),
          ),
          // The proxy knows names that this machine does not.
          proxyUrl: (orUndefined(cluster["proxy-url"]) ?? proxyFor(address, variables))?.replace(
            /^socks5:/,
            "socks5h:",
          ),
        },
      ],
      users: [
        {
          ...{ name: "user", certData: base64(cert), keyData: base64(key) },
          ...{
            token: orUndefined(user.tokenFile) === undefined ? user.token : undefined,
            username: user.username,
            password: user.password ?? "",
          },
          authProvider: user["auth-provider"] ?? (login && { name: "own" }),
          impersonateUser: orUndefined(user.as),
        },
      ],
      contexts: contexts.map((name) => ({ name, cluster: "cluster", user: "user" })),
      currentContext: access.alias,
    });
  }

  override makeApiClient<T extends ApiType>(type: ApiConstructor<T>): T {
    const server = this.getCurrentCluster()?.server ?? "";
    return new type(
      createConfiguration({
        baseServer: new ServerConfiguration(server, {}),
        authMethods: { default: this },
        httpApi: new PatientRequests(server),
      }),
    );
  }

  override createDispatcherOptions(...given: DispatcherGiven): DispatcherOptions {
    const options = super.createDispatcherOptions(...given);
    // Over HTTP/2 undici makes one value of a header with several: of two groups one that nobody knows.
    if (Object.keys(this.#impersonation).length > 0)
      for (const part of ["connect", "requestTls"])
        Object.assign((options as Record<string, unknown>)[part] ?? {}, { allowH2: false });
    return options;
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    options.headers = Object.assign({}, options.headers, this.#impersonation);
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    const dispatcher = context.getDispatcher();
    // A context's headers have one value each.
    if (dispatcher !== undefined && Object.keys(this.#impersonation).length > 0)
      context.setDispatcher(
        dispatcher.compose(
          (dispatch) => (options, handler) =>
            dispatch(
              { ...options, headers: { ...(options.headers as object), ...this.#impersonation } },
              handler,
            ),
        ),
      );
  }
}

/** Where no protocol is named, it is the one that certificates ask for. */
function serverOf({ cluster }: NamedAccess): URL {
  const isSecure = ["certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify"].some(
    (name) => Boolean(cluster[name]),
  );
  const { server } = cluster;
  const whole = server.includes("://") ? server : `${isSecure ? "https" : "http"}://${server}`;
  if (!URL.canParse(whole))
    throw new Failure(
      "usage",
      `the cluster's server is ${shown(server)} but must be an address, such as https://cluster.example.com:6443: correct it in the kubeconfig`,
    );
  const address = new URL(whole);
  address.search = "";
  address.hash = "";
  return address;
}

/** What is asked for a login, if it is not in the kubeconfig. */
function loginOf(user: UserEntry, { cluster }: NamedAccess): Authenticator | undefined {
  const { token, username, password, exec, tokenFile } = user;
  // It counts rather than a token beside it, and a certificate goes with it.
  if (tokenFile) return new TokenFile(tokenFile);
  if (token || username || password || certificateOf(user).cert !== undefined) return undefined;
  return exec ? new LoginPlugin(exec, cluster) : undefined;
}

/** It is read each time: whoever writes it may write a new one. */
class TokenFile implements Authenticator {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  isAuthProvider(): boolean {
    return true;
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    options.headers = Object.assign({}, options.headers, {
      Authorization: `Bearer ${readFileSync(this.#path, "utf8").trim()}`,
    });
    return Promise.resolve();
  }
}

/** Beside the user, whom the client knows. */
function impersonation(user: UserEntry): Record<string, string | string[]> {
  const { "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  const extras = Object.entries(extra ?? {}).map(([name, values]) => [
    `Impersonate-Extra-${encodeURIComponent(name.toLowerCase())}`,
    values ?? [],
  ]);
  return {
    ...(uid && { "Impersonate-Uid": uid }),
    ...(groups && groups.length > 0 && { "Impersonate-Group": groups }),
    ...(Object.fromEntries(extras) as Record<string, string[]>),
  };
}

/** Those that Node brings, and those of this machine, as Go's programs use them. */
function systemAuthorities(): Buffer {
  return Buffer.from([...getCACertificates("default"), ...getCACertificates("system")].join("\n"));
}

function base64(data: Buffer | undefined): string | undefined {
  return data?.toString("base64");
}

function orUndefined(text: string | null | undefined): string | undefined {
  return text === null || text === "" ? undefined : text;
}
