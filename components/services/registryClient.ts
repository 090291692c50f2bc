import { createHash } from "node:crypto";
import { Agent as PlainAgent, request as plainRequest, type IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { isIP } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { defaultRegistry, digestForm, type DockerLogin, type TaggedImage } from "../model/index.ts";

/*
 * As much of the protocol of registries as tells the digest of a tag. Pulumi's provider for Docker would do the same, but
 * only with a plugin that has to be started, and with logins that stand in the state.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */

type Login = Omit<DockerLogin, "server"> | undefined;

/** Why a registry does not tell a digest: it does not have the tag, does not let us in, or does not answer. */
export class RegistryFailure extends Error {
  readonly kind: "missing" | "refused" | "silent";

  constructor(kind: RegistryFailure["kind"], message: string, cause?: NodeJS.ErrnoException) {
    super(message, { cause });
    this.kind = kind;
  }
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Milliseconds for one request. */
const limit = 10_000;

/** Redirects that are followed; some registries keep manifests elsewhere. */
const furthest = 5;

const kinds = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** The digest that a tag has now, of all platforms. @throws {@link RegistryFailure}. */
export async function digestOf({ registry, path, tag }: TaggedImage, login: Login): Promise<string> {
  const host = registry === defaultRegistry ? "registry-1.docker.io" : registry;
  const manifest = (scheme: string) => new URL(`${scheme}://${host}/v2/${path}/manifests/${tag}`);
  const [scheme, first] = await firstAnswer(registry, manifest);
  const authorization = first.status === 401 ? await authorizationFor(first, scheme, login) : undefined;
  const answer = authorization === undefined ? first : await ask(manifest(scheme), { authorization }, "HEAD");
  if (answer.status !== 200) throw failureOf(answer, login);
  const told = String(answer.headers["docker-content-digest"] ?? "");
  if (digestForm.schema.safeParse(told).success) return told;
  const { status, body } = await ask(
    manifest(scheme),
    authorization === undefined ? {} : { authorization },
    "GET",
  );
  if (status !== 200) throw failureOf({ ...answer, status }, login);
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

/** Like Docker's own tools, this speaks without TLS to addresses of a private network, where they do not speak it. */
async function firstAnswer(registry: string, address: (scheme: string) => URL): Promise<[string, Answer]> {
  try {
    return ["https", await ask(address("https"), {}, "HEAD")];
  } catch (error) {
    // One that shows a certificate does speak it.
    const { code = "" } = (error as RegistryFailure).cause as NodeJS.ErrnoException;
    if (!isPrivate(registry) || /CERT|VERIFY|ISSUER/.test(code)) throw error;
    return ["http", await ask(address("http"), {}, "HEAD")];
  }
}

function isPrivate(registry: string): boolean {
  const host = registry.replace(/:\d+$/, "");
  if (host === "localhost" || host === "[::1]") return true;
  return isIP(host) === 4 && /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host);
}

/** @throws when nobody answers. */
async function ask(
  address: URL,
  headers: Record<string, string>,
  method: string,
  redirects = furthest,
): Promise<Answer> {
  const isPlain = address.protocol === "http:";
  // The machine's proxies, which Pulumi and its plugins read from the same place.
  const agent = new (isPlain ? PlainAgent : Agent)({ proxyEnv: process.env });
  const options = { method, agent, signal: AbortSignal.timeout(limit) };
  const answer = await new Promise<Answer>((resolve, reject) => {
    const sent = (isPlain ? plainRequest : request)(
      address,
      { ...options, headers: { accept: kinds.join(), ...headers } },
      (response) => {
        const { statusCode: status = 0, headers: own } = response;
        textOf(response).then((body) => {
          resolve({ status, headers: own, body });
        }, reject);
      },
    );
    sent.on("error", reject);
    sent.end();
  }).catch((error: unknown) => {
    const cause = error as NodeJS.ErrnoException;
    throw new RegistryFailure("silent", reasonOf(cause), cause);
  });
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
  const next = URL.canParse(location, address.href) ? new URL(location, address) : undefined;
  if (redirects === 0 || next === undefined || !isAsSafe(next, address))
    throw new RegistryFailure("silent", `it leads elsewhere without end, at last to ${location}`);
  // A login is for the host that asked for it.
  return ask(next, next.origin === address.origin ? headers : {}, method, redirects - 1);
}

/** Whether nobody on the way reads there what nobody could read here. */
function isAsSafe(next: URL, from: URL): boolean {
  return next.protocol === "https:" || (next.protocol === "http:" && from.protocol === "http:");
}

function reasonOf({ name, code, message }: NodeJS.ErrnoException): string {
  if (name === "TimeoutError" || name === "AbortError")
    return `no answer within ${String(limit / 1000)} seconds`;
  return message === "" ? (code ?? name) : message;
}

/** What a registry that answered 401 wants to see. @throws when it lets nobody in. */
async function authorizationFor(answer: Answer, scheme: string, login: Login): Promise<string | undefined> {
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const [, kind = "", rest = ""] = /^(\w+)\s+(.*)$/s.exec(answer.headers["www-authenticate"] ?? "") ?? [];
  if (kind.toLowerCase() !== "bearer") return basic;
  const { realm = "", service, scope } = parametersOf(rest);
  if (!URL.canParse(realm) || !(realm.startsWith("https:") || scheme === "http")) return undefined;
  const address = new URL(realm);
  if (service !== undefined) address.searchParams.set("service", service);
  if (scope !== undefined) address.searchParams.set("scope", scope);
  const issued = await ask(address, basic === undefined ? {} : { authorization: basic }, "GET");
  if (issued.status !== 200) throw failureOf({ ...issued, status: 401 }, login);
  const { token, access_token: other = token } = parsed(issued.body);
  return typeof other === "string" ? `Bearer ${other}` : undefined;
}

/** `realm="https://...",service="..."` as an object. */
function parametersOf(text: string): Record<string, string | undefined> {
  const pairs = [...text.matchAll(/(\w+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [key.toLowerCase(), value]));
}

function parsed(body: string): { token?: unknown; access_token?: unknown } {
  try {
    return (JSON.parse(body) as object | null) ?? {};
  } catch {
    return {};
  }
}

function failureOf({ status }: Answer, login: Login): RegistryFailure {
  if (status === 404) return new RegistryFailure("missing", "404");
  if (status !== 401 && status !== 403) return new RegistryFailure("silent", `it answers ${String(status)}`);
  const whom = login === undefined ? "nobody without a login" : `nobody with the login of ${login.username}`;
  return new RegistryFailure("refused", `it lets in ${whom}`);
}
