import { defaultRegistry } from "../rules/imageName.ts";
import { named } from "../rules/shown.ts";

/** A login to a container registry, as the kubelet takes it. */
export interface DockerLogin {
  /** Host and port, such as `registry.example.com:5000`. */
  server: string;
  username: string;
  /** Password or token. */
  password: string;
}

/** Content of `.dockerconfigjson` for some logins, and those of an existing Docker configuration. */
export function dockerConfigJson(logins: DockerLogin[], existing?: string): string {
  const own = logins.map(({ server, username, password }) => {
    requireText(server, "server", "registry.example.com:5000");
    requireText(username, `username for ${named(server)}`, "ci");
    requireText(password, `password for ${named(server)}`);
    if (username.includes(":"))
      throw new Error(
        `the username for ${named(server)} has a colon, where a login ends it: give one without, such as ci`,
      );
    const auth = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
    return [server, { username, password, auth }] as const;
  });
  const auths = existing === undefined ? {} : loginsOf(existing);
  return JSON.stringify({ auths: { ...auths, ...Object.fromEntries(own) } });
}

/** Whether a text is a Docker configuration with logins. */
export function hasLogins(config: string): boolean {
  try {
    loginsOf(config);
    return true;
  } catch {
    return false;
  }
}

function requireText(value: string, what: string, example?: string): void {
  if (value.trim() !== "") return;
  throw new Error(`the ${what} is empty: give one${example === undefined ? "" : `, such as ${example}`}`);
}

/**
 * The login for a registry, where there is one with user and password.
 * @param config as `dockerConfigJson` makes it.
 */
export function loginFor(registry: string, config: string): Omit<DockerLogin, "server"> | undefined {
  const hosts = registry === defaultRegistry ? dockerHubNames : [registry];
  const { auths } = JSON.parse(config) as { auths: Record<string, Record<string, unknown>> };
  const found = Object.entries(auths).find(([server]) => hosts.includes(hostOf(server)));
  const { username, password, auth } = found?.[1] ?? {};
  if (typeof username === "string" && typeof password === "string" && password !== "")
    return { username, password };
  const [, user, secret] =
    /^([^:]+):([^]+)$/.exec(typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8") : "") ??
    [];
  return user === undefined || secret === undefined ? undefined : { username: user, password: secret };
}

const dockerHubNames = [defaultRegistry, "index.docker.io", "registry-1.docker.io"];

/** Docker writes some servers with their protocol and path. */
function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/** Only the logins are taken: a credential helper named there cannot be run by the kubelet. */
function loginsOf(config: string): object {
  const example = '{"auths": {"registry.example.com": {"auth": "..."}}}';
  let auths: unknown;
  try {
    auths = (JSON.parse(config) as { auths?: unknown } | null)?.auths;
  } catch {
    throw new Error(
      `dockerConfig is not JSON: give the content of a Docker configuration, such as ${example}`,
    );
  }
  if (typeof auths !== "object" || auths === null || !isLogins(Object.values(auths)))
    throw new Error(`dockerConfig has no logins under auths: log in without a helper, such as ${example}`);
  return auths;
}

/** With a credential helper, Docker writes the names of registries and no login. */
function isLogins(entries: unknown[]): boolean {
  const keys = ["auth", "password", "identitytoken", "registrytoken"];
  const isLogin = (entry: unknown) =>
    typeof entry === "object" && entry !== null && keys.some((key) => Object.hasOwn(entry, key));
  return entries.length > 0 && entries.every(isLogin);
}
