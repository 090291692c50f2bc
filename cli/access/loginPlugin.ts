import { spawn } from "node:child_process";
import type { RequestOptions } from "node:https";
import { isatty } from "node:tty";
import { z } from "zod";
import type { KubeConfig } from "#bundled/kubernetes";
import { named, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { type ClusterEntry, type ExecEntry } from "../../foundation/kubeconfig.ts";
import { dataOf } from "./kubeconfigFile.ts";

const credential = z.object({
  kind: z.literal("ExecCredential"),
  apiVersion: z.string(),
  status: z.object({
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    ...{ token: z.string().default(""), clientCertificateData: z.string().default("") },
    clientKeyData: z.string().default(""),
  }),
});
type Credential = z.infer<typeof credential>["status"];

/** What gives a login when it is asked for. */
export type Authenticator = Parameters<KubeConfig["addAuthenticator"]>[0];

/** For one that asks nobody: it would hold up everything. */
const limit = 60_000;

/** A kubeconfig's exec plugin, started as kubectl does: once, and again when what it gave has expired. */
export class LoginPlugin implements Authenticator {
  readonly #plugin: ExecEntry;
  readonly #cluster: ClusterEntry;
  #given: Promise<Credential> | undefined;
  #expires = Infinity;

  constructor(plugin: ExecEntry, cluster: ClusterEntry) {
    this.#plugin = plugin;
    this.#cluster = cluster;
  }

  isAuthProvider(): boolean {
    return true;
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    const { token, clientCertificateData, clientKeyData } = await this.#credential();
    if (token !== "")
      options.headers = Object.assign({}, options.headers, { Authorization: `Bearer ${token}` });
    if (clientCertificateData !== "")
      Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
  }

  #credential(): Promise<Credential> {
    if (this.#given === undefined || this.#expires < Date.now()) {
      this.#expires = Infinity;
      this.#given = this.#start().then(
        (given) => {
          if (given.expirationTimestamp != null) this.#expires = Date.parse(given.expirationTimestamp);
          return given;
        },
        (error: unknown) => {
          this.#given = undefined;
          throw error;
        },
      );
    }
    return this.#given;
  }

  async #start(): Promise<Credential> {
    const { apiVersion, interactiveMode } = this.#plugin;
    const interactive = interactiveMode !== "Never" && isatty(0);
    if (interactiveMode === "Always" && !interactive)
      throw this.#failure("needs a terminal, and there is none");
    const spec = {
      interactive,
      ...(this.#plugin.provideClusterInfo === true && { cluster: this.#clusterInfo() }),
    };
    const output = await this.#run(interactive, JSON.stringify({ kind: "ExecCredential", apiVersion, spec }));
    const result = credential.safeParse(parsed(output));
    if (!result.success || result.data.apiVersion !== apiVersion)
      throw this.#failure(`did not print an ExecCredential of ${named(apiVersion ?? "")} with a status`);
    const { token, clientCertificateData: certificate, clientKeyData: key } = result.data.status;
    if ((certificate === "") !== (key === "") || (token === "" && key === ""))
      throw this.#failure("printed neither a token nor a certificate and its key");
    return result.data.status;
  }

  /** What KUBERNETES_EXEC_INFO tells of the cluster. */
  #clusterInfo(): object {
    const { server, extensions, ...cluster } = this.#cluster;
    const authority = dataOf(this.#cluster, "certificate-authority")?.toString("base64");
    const own = extensions?.find(({ name }) => name === "client.authentication.k8s.io/exec");
    const names = [
      "tls-server-name",
      "insecure-skip-tls-verify",
      "proxy-url",
      "disable-compression",
    ] as const;
    const set = names.filter((name) => Boolean(cluster[name])).map((name) => [name, cluster[name]] as const);
    return {
      server,
      ...Object.fromEntries(set),
      ...(authority !== undefined && { "certificate-authority-data": authority }),
      config: own?.extension ?? null,
    };
  }

  /** @returns what the plugin prints. */
  async #run(interactive: boolean, info: string): Promise<string> {
    const { command, args, env } = this.#plugin;
    const own = (env ?? []).map(({ name, value }) => [name ?? "", value ?? ""] as const);
    return new Promise((resolve, reject) => {
      const plugin = spawn(command ?? "", args ?? [], {
        env: { ...process.env, ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: info },
        stdio: interactive ? ["inherit", "pipe", "inherit"] : ["ignore", "pipe", "pipe"],
        ...(!interactive && { timeout: limit, killSignal: "SIGKILL" }),
      });
      const [output, messages]: [Buffer[], Buffer[]] = [[], []];
      plugin.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
      plugin.stderr?.on("data", (chunk: Buffer) => messages.push(chunk));
      plugin.on("error", (error: NodeJS.ErrnoException) => {
        const missing = error.code === "ENOENT" || error.code === "EACCES";
        reject(this.#failure(missing ? `cannot be started: ${this.#hint()}` : error.message));
      });
      plugin.on("close", (code, signal) => {
        if (code === 0) resolve(Buffer.concat(output).toString());
        const end =
          code === null ? `was ended by ${signal ?? "a signal"}` : `ended with exit code ${String(code)}`;
        reject(this.#failure(`${end}: ${lastLine(Buffer.concat(messages).toString())}`));
      });
    });
  }

  #hint(): string {
    const { installHint } = this.#plugin;
    return installHint ? installHint.trim().replaceAll(/\s+/g, " ") : "install it, or add its folder to PATH";
  }

  #failure(what: string): Failure {
    return new Failure(
      "unreachable",
      `the kubeconfig's login plugin ${shown(this.#plugin.command ?? "")} ${what}`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  const line = text.trim().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? "it says nothing more" : line;
}
