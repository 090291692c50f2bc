import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { parse, parseAllDocuments, stringify } from "yaml";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { markAnnotations, namespaceLabels, roles, workloadLabels } from "../../components/model/index.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { create, inNamespace, pod, pullSecret } from "../integration/pods.ts";
import { adminKubeconfig, dynenv, kubectl, remains, shell, uniqueName } from "../integration/shell.ts";

const stack = uniqueName("look");
const namespace = `env-${stack}`;
const env = { ...shell, DYNENV_PROJECT: "shop/look" };
const options = { cwd: projectRoot, env, reject: false } as const;
const own = ["--stack", stack];
const password = randomBytes(12).toString("hex");
let folder = "";

/** Answers with its pod's name and what it was sent; its log begins with what no log may do to its reader. */
const web = String.raw`
  console.log("web begins in " + process.env.HOSTNAME);
  console.log("\u001b[2J\u001b]0;title\u0007::error::cleared");
  console.log("  ::error::boom");
  console.log("##[error]x");
  console.log("the password is " + process.env.PASSWORD);
  process.on("SIGTERM", () => process.exit());
  require("node:http")
    .createServer((request, response) => {
      let body = "";
      request.on("data", (data) => (body += data)).on("end", () => response.end(process.env.HOSTNAME + " " + body));
    })
    .listen(8080);`;
const worker = String.raw`
  console.log("worker begins");
  process.on("SIGTERM", () => process.exit());
  setInterval(() => console.log("worker works"), 500);`;

function deployment(name: string, program: string, more: object) {
  const labels = workloadLabels(name);
  const image = shell.DYNENV_BASE_IMAGE ?? "";
  const { spec } = pod(name, { image, command: ["node", "--eval", program], pullSecret: "pull" });
  const [container] = spec.containers;
  return inNamespace(namespace, {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, labels } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...spec, restartPolicy: "Always", containers: [{ ...container, ...more }] },
      },
    },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "look-"));
  const { CI_REGISTRY = "", CI_REGISTRY_USER = "", CI_REGISTRY_PASSWORD = "" } = shell;
  const annotations = markAnnotations({ project: "shop/look", stack, ref: "main", commit: "9dff06f" });
  const metadata = { name: namespace, labels: namespaceLabels(), annotations };
  await create({ apiVersion: "v1", kind: "Namespace", metadata });
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "login" }, stringData: { password } };
  await create(
    inNamespace(namespace, pullSecret("pull", CI_REGISTRY, CI_REGISTRY_USER, CI_REGISTRY_PASSWORD)),
    inNamespace(namespace, secret),
    deployment("web", web, {
      ports: [{ containerPort: 8080, name: "http" }],
      env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } }],
      readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
    }),
    deployment("worker", worker, {}),
  );
  const both = ["deployment/web", "deployment/worker"];
  await kubectl("wait", "-n", namespace, "--for=condition=Available", ...both, "--timeout=90s");
});

afterAll(async () => {
  await kubectl("delete", "namespace", namespace);
  await rm(folder, { recursive: true });
  expect(await remains()).toEqual([]);
});

/** A command that goes on until somebody ends it, and what it has printed. */
function started(...args: string[]) {
  const running = execa("cli/dynenv", args, { ...options, all: true });
  const seen = { output: "" };
  running.all.on("data", (data: Buffer) => (seen.output += data.toString()));
  const shows = (text: string | RegExp, milliseconds = 30_000) =>
    vi.waitFor(() => {
      expect(seen.output).toMatch(text);
    }, milliseconds);
  const end = async () => {
    running.kill("SIGINT");
    return (await running).exitCode;
  };
  onTestFinished(() => {
    running.kill("SIGKILL");
  });
  return { running, seen, shows, end };
}

test("logs of all services and of one harm nobody and show no secret", async () => {
  const [all, one, last] = await Promise.all([
    dynenv(["logs", ...own], env),
    dynenv(["logs", "web", ...own], env),
    dynenv(["logs", "worker", "--tail", "1", ...own], env),
  ]);
  expect(all.exitCode, all.output).toBe(0);
  expect(all.stdout).toMatch(/^web {4}\| web begins in web-/m);
  expect(all.stdout).toMatch(/^worker \| worker begins$/m);
  expect(one.exitCode, one.output).toBe(0);
  expect(one.stdout).toMatch(/^ {2}web begins in web-/);
  expect(one.stdout).not.toContain("worker");
  expect(last.stdout).toBe("  worker works");
  for (const { output } of [all, one]) {
    expect(output).toContain("the password is ***");
    expect(output).toContain("boom");
    expect(output).not.toMatch(/\u001b|\u0007|^\s*::.*::|##\[/m);
  }
});

test("-f goes on with the new pods of a roll-out, says each line once, and ends well with Ctrl-C", async () => {
  const log = started("logs", "-f", ...own);
  await log.shows(/^web {4}\| web begins in /m);
  await kubectl("rollout", "restart", "deployment/web", "-n", namespace);
  await log.shows(/web: pod web-\S+ begins/);
  await vi.waitFor(() => {
    expect([...log.seen.output.matchAll(/^web {4}\| web begins in (\S+)$/gm)]).toHaveLength(2);
  }, 20_000);
  expect(await log.end()).toBe(0);
  const pods = [...log.seen.output.matchAll(/^web {4}\| web begins in (\S+)$/gm)].map(([, name]) => name);
  expect(new Set(pods).size).toBe(2);
  await kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=60s");
});

test("a log that nobody reads any more ends", async () => {
  const script = `set -o pipefail; timeout 20 cli/dynenv logs -f worker --stack ${stack} | head -n 1`;
  const { stdout, exitCode } = await execa("bash", ["-c", script], options);
  expect([stdout, exitCode]).toEqual(["  worker begins", 0]);
});

test("exec passes on standard input and outputs, byte for byte, and the exit code", async () => {
  const data = randomBytes(3_000_000);
  const copied = execa("cli/dynenv", ["exec", ...own, "web", "--", "cat"], {
    ...{ ...options, input: data, encoding: "buffer" },
  });
  const program =
    "console.log('out'); console.error('\\u001b[2J::error::err ' + process.env.PASSWORD); process.exit(7)";
  const ended = execa("cli/dynenv", ["exec", ...own, "web", "--", "node", "--eval", program], options);
  const [copy, end] = await Promise.all([copied, ended]);
  expect(copy.exitCode, copy.stderr.toString()).toBe(0);
  expect(Buffer.from(copy.stdout).equals(data)).toBe(true);
  expect([end.stdout, end.exitCode]).toEqual(["out", 7]);
  expect(end.stderr).toBe("\\u001b[2J::error::err ***");
});

test("exec between two terminals gives the command one, with its size", async () => {
  // The size follows the start in a message of its own.
  const sized = 'until [ "$(stty size)" != "0 0" ]; do :; done';
  const command = `stty -echo; ${sized}; stty size; test -t 1; read line; echo got $line; exit 5`;
  const line = `stty cols 91 rows 31 && cli/dynenv exec --stack ${stack} web -- sh -c '${command}'`;
  const { stdout, exitCode } = await execa("script", ["-qec", line, "/dev/null"], {
    ...{ ...options, env: { ...env, TERM: "xterm" }, input: "some words\n" },
  });
  expect([exitCode, stdout]).toEqual([5, expect.stringMatching(/31 91\r*\n(.*\n)?got some words/)]);
});

test("exec says in one sentence why a command does not run", async () => {
  const { exitCode, output } = await dynenv(["exec", ...own, "worker", "--", "nothing-like-that"], env);
  expect(exitCode).toBe(1);
  expect(output.trimEnd()).toMatch(/^dynenv: "nothing-like-that" does not run in worker: .*not found.*$/);
});

/** What is answered to a request that has a connection of its own. */
async function answer(address: string, body: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(address, { method: "POST", agent: false }, resolve).on("error", reject).end(body);
  });
  return text(response);
}

test("open carries many connections at once, to the next pod once one is deleted", async () => {
  const open = started("open", ...own, "web:http");
  const first = createInterface(open.running.stdout);
  const address = await new Promise<string>((resolve) => first.once("line", resolve));
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const body = "x".repeat(100_000);
  const ask = async (index: number) => {
    const sent = `${String(index)} ${body}`;
    const [name = "", ...echo] = (await answer(address, sent)).split(" ");
    expect(echo.join(" ")).toBe(sent);
    return name;
  };
  const twenty = async () => new Set(await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index))));
  const before = await twenty();
  expect(before.size).toBe(1);
  const [old = ""] = before;
  await kubectl("delete", "pod", old, "-n", namespace, "--wait=false");
  await vi.waitFor(async () => {
    expect(await kubectl("get", "pods", "-n", namespace, "-o", "name")).not.toContain(old);
  }, 20_000);
  const after = await twenty();
  expect(after.size).toBe(1);
  expect(after).not.toContain(old);
  expect(await open.end()).toBe(0);
  await expect(answer(address, "")).rejects.toThrow("ECONNREFUSED");
});

test.each<[string, string[], object, number, RegExp]>([
  [
    "a wrong service",
    ["logs", "wroker", ...own],
    {},
    2,
    /^dynenv: service "wroker" is not in env-\S+: did you mean worker\?$/,
  ],
  [
    "a wrong port",
    ["open", "web:9", ...own],
    {},
    2,
    /^dynenv: service web has no port "9": known are 8080, http$/,
  ],
  [
    "no port",
    ["open", "worker", ...own],
    {},
    2,
    /^dynenv: service worker has no port that takes TCP connections: /,
  ],
  [
    "no environment",
    ["exec", "web", "--stack", "nowhere", "--", "sh"],
    {},
    1,
    /^dynenv: namespace env-nowhere does not/,
  ],
  [
    "another project",
    ["open", "web", ...own],
    { DYNENV_PROJECT: "shop/other" },
    1,
    /^dynenv: namespace env-\S+ belongs to the project "shop\/look", not to "shop\/other"/,
  ],
])("%s is refused in one sentence", async (_what, args, variables, code, sentence) => {
  const { exitCode, output } = await dynenv(args, { ...env, ...variables });
  expect([exitCode, output.trimEnd()]).toEqual([code, expect.stringMatching(sentence)]);
});

const api = "rbac.authorization.k8s.io";

/** A kubeconfig of somebody of the group that docs/rbac.md lets look in, who has one of an environment's roles. */
async function person(role: keyof typeof roles): Promise<Record<string, string>> {
  const name = uniqueName(role);
  const page = await readFile(join(projectRoot, "docs", "rbac.md"), "utf8");
  const [, yaml = ""] = /^## People who look in$.*?^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
  const documents = parseAllDocuments(yaml.replaceAll("dynenv-people", name).replaceAll("developers", name));
  const subjects = [{ apiGroup: api, kind: "User", name }];
  await create(
    ...documents.map((document) => document.toJS() as object),
    ...[
      { apiVersion: `${api}/v1`, kind: "Role", metadata: { name }, rules: roles[role] },
      {
        ...{ apiVersion: `${api}/v1`, kind: "RoleBinding", metadata: { name } },
        ...{ roleRef: { apiGroup: api, kind: "Role", name }, subjects },
      },
    ].map((object) => inNamespace(namespace, object)),
  );
  onTestFinished(async () => {
    await kubectl("delete", "clusterrole,clusterrolebinding", name);
  });
  const config = parse(await readFile(adminKubeconfig, "utf8")) as { users: { user: object }[] };
  for (const { user } of config.users)
    Object.assign(user, { as: name, "as-groups": [name, "system:authenticated"] });
  const path = join(folder, name);
  await writeFile(path, stringify(config));
  return { ...env, KUBECONFIG: path, KUBE_CONTEXT: "" };
}

test("people with the access of docs/rbac.md look in; what a right is missing for says which", async () => {
  const [developer, onlooker] = await Promise.all([person("developer"), person("test-runner")]);
  const run = (who: Record<string, string>, ...args: string[]) =>
    dynenv([...args, ...own, "--", "true"], who);
  await vi.waitFor(async () => {
    const { exitCode, output } = await run(developer, "exec", "web");
    expect(exitCode, output).toBe(0);
  }, 20_000);
  const log = await dynenv(["logs", "worker", ...own], developer);
  expect(log.exitCode, log.output).toBe(0);
  expect(log.output).toContain("is not hidden in this log: the login lacks the verb list for secrets");
  const refused = await run(onlooker, "exec", "web");
  expect([refused.exitCode, refused.output.trimEnd()]).toEqual([
    3,
    `dynenv: dynenv exec needs the right to create and get pods/exec in namespace ${namespace}, which the login lacks: docs/rbac.md, People who look in, says how to get it`,
  ]);
});
