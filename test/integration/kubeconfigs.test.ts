import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { VersionApi } from "#bundled/kubernetes";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { anyWord, mostly, spoilt } from "../fuzz/hostile.ts";
import { share } from "../fuzz/seed.ts";
import { apiServer, certificate, type ApiServer } from "../unit/apiServer.ts";
import { selfSigned } from "../unit/certificate.ts";
import { shell } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
const first = join(folder, "first");
const second = join(folder, "second");
let server: ApiServer;

beforeAll(async () => {
  server = await apiServer();
  writeFileSync(join(folder, "ca.pem"), certificate);
  writeFileSync(join(folder, "token"), "file-token\n");
});

afterAll(() => {
  server.end();
  rmSync(folder, { recursive: true });
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const me = selfSigned("me");
const api = "client.authentication.k8s.io/v1";
const given = JSON.stringify({ kind: "ExecCredential", apiVersion: api, status: { token: "exec" } });

const clusters = {
  data: { "certificate-authority-data": base64(certificate) },
  file: { "certificate-authority": "ca.pem", "tls-server-name": "localhost" },
  insecure: { "insecure-skip-tls-verify": true },
};
const users = {
  token: { token: "t", as: "jane", "as-groups": ["g", "h"], "as-user-extra": { k: ["v"] } },
  file: { tokenFile: "token" },
  password: { username: "me", password: "pw" },
  certificate: {
    "client-certificate-data": base64(me.certificate),
    "client-key-data": base64(me.key),
  },
  plugin: {
    exec: {
      ...{ apiVersion: api, command: "/bin/echo", args: [given], env: [{ name: "A", value: "b" }] },
      ...{ interactiveMode: "Never", provideClusterInfo: true },
    },
  },
};
const contexts = Object.keys(users).flatMap((user) =>
  Object.keys(clusters).map((cluster) => ({ name: `${user}-${cluster}`, context: { cluster, user } })),
);

/** A kubeconfig with every way in, all of which are right. */
function right(current: string) {
  const address = `https://127.0.0.1:${String(server.port)}`;
  return {
    ...{ apiVersion: "v1", kind: "Config", "current-context": current, contexts },
    clusters: Object.entries(clusters).map(([name, cluster]) => ({
      name,
      cluster: { server: address, ...cluster },
    })),
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
  };
}

/** As JSON, which is YAML, without the characters that are none in YAML or end a line in some of its versions. */
function written(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/\\ud[89a-f][0-9a-f]{2}/g, "?")
    .replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return `\\u${code.padStart(4, "0")}`;
    });
}

/** Who the server took the last request for; nothing where none came. */
function lastSeen(): string | undefined {
  const last = server.seen.splice(0).at(-1);
  if (last === undefined) return undefined;
  const impersonated = Object.entries(last.headers).filter(([name]) => name.startsWith("impersonate"));
  return JSON.stringify([last.headers.authorization, last.client, impersonated.sort()]);
}

/** What kubectl does where a user has no login; a pipeline has nobody to ask, so it goes on without one. */
const asksForLogin = "asks for a login";

async function byKubectl(KUBECONFIG: string, context: string): Promise<string | undefined> {
  const { PATH = "" } = shell;
  const args = ["get", "--raw", "/version", ...(context === "" ? [] : [`--context=${context}`])];
  const env = { KUBECONFIG, PATH, HOME: folder };
  const options = { env, extendEnv: false, reject: false, stdin: "ignore", timeout: 20_000 } as const;
  const { exitCode, stderr } = await execa("kubectl", args, options);
  const seen = lastSeen();
  if (stderr.endsWith("error: EOF")) return asksForLogin;
  return exitCode === 0 ? seen : "refused";
}

async function byDynenv(KUBECONFIG: string, context: string): Promise<string | undefined> {
  try {
    await kubeConfig({ KUBECONFIG, KUBE_CONTEXT: context }).makeApiClient(VersionApi).getCode();
    return lastSeen();
  } catch {
    lastSeen();
    return "refused";
  }
}

it("a kubeconfig, right or spoilt, opens what it opens for kubectl", { timeout: 900_000 }, async () => {
  // No lists: Go takes an empty one for data in base64, which nobody writes.
  const part = fc.oneof(
    fc.constantFrom<unknown>(null, "", true, 1, {}, "data", "file", "token"),
    mostly("x"),
    anyWord,
  );
  const cases = fc.record({
    one: spoilt(right("token-data"), part),
    other: spoilt(right("token-file"), part),
    context: fc.constantFrom("", ...contexts.map(({ name }) => name)),
    isList: fc.boolean(),
  });
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ one, other, context, isList }) => {
      writeFileSync(first, written(one));
      writeFileSync(second, written(other));
      const path = isList ? `${folder}/none:${first}::${second}` : first;
      const theirs = await byKubectl(path, context);
      const ours = await byDynenv(path, context);
      if (theirs === asksForLogin) expect(ours).toMatch(/^(refused$|\[null,null,)/);
      else expect(ours).toBe(theirs);
      if (theirs?.startsWith("[") === true) opened++;
    }),
    share(0.003),
  );
  // Each of them is worth something only when there are many of it.
  expect(opened).toBeGreaterThan(5);
});
