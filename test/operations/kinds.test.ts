import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namespaceLabels } from "../../components/model/objects/labels.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { nodeImage } from "../failures/environment.ts";
import { standInOf } from "../integration/standIns.ts";
import {
  adminKubeconfig,
  docker,
  kubectl,
  kubectlApply,
  pulumi,
  remains,
  shell,
  uniqueName,
} from "../integration/shell.ts";

const stack = uniqueName("kinds");
const namespace = `env-${stack}`;
const baseline = uniqueName("env-baseline");
/** One that has Node. */
const image = standInOf("weaveworksdemos/catalogue:0.3.5");
const secret = "canary-of-the-secret-file";
/** To nodes another registry than that of `image`, which no login of that one opens: see `start_registries` in local/node.sh. */
const otherRegistry = (shell.CI_REGISTRY ?? "").replace(/:.*/, ":5002");
const privateImage = image.replace(/^[^/]+/, otherRegistry);

const inProgram = (...args: string[]) =>
  pulumi(["--cwd", join(projectRoot, "test", "programs", "kinds"), ...args, "--stack", stack]);

async function up(level: string, more: Record<string, string> = {}, env: Record<string, string> = {}) {
  const context = (await kubectl("config", "current-context")).trim();
  const { CI_REGISTRY: server = "", CI_REGISTRY_USER: username = "" } = shell;
  const settings = { context, image, level, server, username, private: privateImage, ...more };
  const configured = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  const words = ["up", "--yes", "--skip-preview", ...configured, "--stack", stack];
  return pulumi(["--cwd", join(projectRoot, "test", "programs", "kinds"), ...words], env);
}

/** Runs a program in the pods' Node. @returns what it prints. */
async function run(service: string, program: string): Promise<string> {
  const output = await kubectl("exec", "-n", namespace, `deploy/${service}`, "--", "node", "--eval", program);
  return output.trim();
}

/** Sends a datagram again and again. @returns whether one comes back. */
const datagrams = `
  const socket = require("node:dgram").createSocket("udp4");
  const end = (result) => { console.log(result); process.exit(); };
  socket.on("message", (text) => end(String(text)));
  setInterval(() => socket.send("there and back", 53, "echo"), 200);
  setTimeout(end, 3000, "nothing");`;

const connection = (port: number) => `
  require("node:net").connect({ host: "echo", port: ${String(port)}, timeout: 3000 })
    .on("connect", () => { console.log("open"); process.exit(); })
    .on("timeout", () => { console.log("nothing"); process.exit(); })
    .on("error", ({ code }) => console.log(code));`;

beforeAll(async () => {
  await inProgram("stack", "init");
  await inProgram("config", "set", "--secret", "key", secret);
  await inProgram("config", "set", "--secret", "password", shell.CI_REGISTRY_PASSWORD ?? "");
  await inProgram("config", "set", "--secret", "otherLogins", await otherLogins());
  const { exitCode, output } = await up("info");
  expect(exitCode, output).toBe(0);
  expect(output).not.toContain(secret);
});

/** Lets the node speak with the other registry. @returns its login, as Docker keeps it. */
async function otherLogins(): Promise<string> {
  const trusted = join(adminKubeconfig, "..", "etc", "certs.d", otherRegistry);
  await mkdir(trusted, { recursive: true });
  const plain = `"http://${otherRegistry}"`;
  const text = `server = ${plain}\n[host.${plain}]\ncapabilities = ["pull", "resolve"]\n`;
  await writeFile(join(trusted, "hosts.toml"), text);
  const { DYNENV_PULL_USER = "", DYNENV_PULL_PASSWORD = "" } = shell;
  return JSON.stringify({
    auths: { [otherRegistry]: { auth: btoa(`${DYNENV_PULL_USER}:${DYNENV_PULL_PASSWORD}`) } },
  });
}

afterAll(async () => {
  await kubectl("delete", "namespace", baseline, "--ignore-not-found");
  const { exitCode, output } = await inProgram("destroy", "--yes", "--skip-preview", "--remove");
  expect(exitCode, output).toBe(0);
  expect(await remains()).toEqual([]);
});

describe("services of every kind", () => {
  test("are reached where they have a port, and have a Service only then", async () => {
    const { stdout } = await inProgram("stack", "output", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ addresses: { caller: "caller:8080", echo: "echo:80" } });
    const names = "jsonpath={.items[*].metadata.name}";
    const services = (await kubectl("get", "services", "-n", namespace, "-o", names)).split(" ");
    expect(services.filter((name) => !name.startsWith("readiness-")).sort()).toEqual(["caller", "echo"]);
  });

  test.concurrent("answer by UDP and on a second port whoever uses them, and nobody else", async () => {
    const asked = (service: string) =>
      Promise.all([datagrams, connection(9090), connection(80)].map((program) => run(service, program)));
    expect(await asked("caller")).toEqual(["there and back", "open", "open"]);
    const [datagram, ...connections] = await asked("worker");
    expect(datagram).toBe("nothing");
    expect(connections.map((result) => /^(nothing|ECONNREFUSED)$/.test(result))).toEqual([true, true]);
  });

  test.concurrent(
    "have an image of a registry with a login of its own, by which the node pulls it",
    async () => {
      const manifest = `http://${otherRegistry}/v2/${privateImage.replace(/^[^/]+\/|@.*/g, "")}/tags/list`;
      expect((await fetch(manifest)).status).toBe(401);
      const events = ["get", "events", "-n", namespace, "--field-selector=reason=Pulled"];
      const messages = await kubectl(...events, "-o", "jsonpath={.items[*].message}");
      expect(messages).toContain(`Successfully pulled image "${privateImage}"`);
    },
  );

  test.concurrent("without a port are available only when they have run for a while", async () => {
    const columns = "jsonpath={.spec.minReadySeconds} {.status.availableReplicas}";
    const of = (name: string) => kubectl("get", "deployment", name, "-n", namespace, "-o", columns);
    expect(await Promise.all([of("idler"), of("worker")])).toEqual(["5 1", " 1"]);
  });

  test("have files that they can read and not change, and get new pods for new ones", async () => {
    const settings = `console.log(require("node:fs").readFileSync("/etc/caller/settings.json", "utf8"))`;
    expect(await run("caller", settings)).toBe('{"level":"info"}');
    const write = (path: string) =>
      `try { require("node:fs").writeFileSync("${path}", "") } catch ({ code }) { console.log(code) }`;
    expect(await run("caller", write("/etc/caller/settings.json"))).toBe("EROFS");
    expect(await run("caller", write("/etc/caller/key.pem"))).toMatch(/^(EROFS|EACCES)$/);
    const key = `console.log(require("node:fs").readFileSync("/etc/caller/key.pem", "utf8"))`;
    expect(await run("caller", key)).toBe(secret);
    const { exitCode, output } = await up("debug");
    expect(exitCode, output).toBe(0);
    expect(await run("caller", settings)).toBe('{"level":"debug"}');
    expect((await inProgram("stack", "export")).stdout).not.toContain(secret);
  });
});

describe("images that are named by a tag", () => {
  const repository = uniqueName("tagged");
  const tag = `${repository}:v1`;
  /** Of the container beside the application, of a service of the catalogue and of the tests. */
  const byTag = ["caller/beside", "idler", "test"];
  const settings = { tag, commit: "1111111" };

  async function push(edition: string): Promise<string> {
    const { DYNENV_BASE_IMAGE: base = "", CI_REGISTRY: host = "" } = shell;
    const config = join(adminKubeconfig, "..", "docker-config");
    const name = `${host}/${tag}`;
    const input = `FROM ${base}\nLABEL edition=${edition}\n`;
    await docker(["--config", config, "build", "--tag", name, "-"], { input });
    const pushed = await docker(["--config", config, "push", name]);
    return `${name}@${/digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1] ?? ""}`;
  }

  /** The images by tag of which the environment consists, each once. */
  async function images(): Promise<string[]> {
    const { stdout } = await inProgram("stack", "output", "images", "--json");
    const all = JSON.parse(stdout) as Record<string, string>;
    return [...new Set(byTag.map((name) => all[name] ?? ""))];
  }

  test("are what their tags were when their commit was first deployed", async () => {
    const first = await push("first");
    const created = await up("debug", settings);
    expect(created.exitCode, created.output).toBe(0);
    expect(await images()).toEqual([first]);
    const path = "jsonpath={.spec.template.spec.initContainers[?(@.name=='beside')].image}";
    expect(await kubectl("get", "deployment", "caller", "-n", namespace, "-o", path)).toBe(first);
    const second = await push("second");
    const again = await up("debug", settings);
    expect(again.output).toMatch(/Resources:\n +\d+ unchanged\n/);
    expect(await images()).toEqual([first]);
    // Through a proxy that does not listen, the registry alone is out of reach.
    const outOfReach = { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "", no_proxy: "" };
    const without = await up("debug", settings, outOfReach);
    expect(without.exitCode, without.output).toBe(0);
    expect(await images()).toEqual([first]);
    const refused = await up("debug", { ...settings, commit: "2222222" }, outOfReach);
    expect(refused.exitCode, refused.output).toBe(1);
    expect(refused.output).toMatch(
      /error: image \S+:v1 of service "idler" has no digest yet, since \S+:5000 does not tell it: connect ECONNREFUSED/,
    );
    const moved = await up("debug", { ...settings, commit: "2222222" });
    expect(moved.exitCode, moved.output).toBe(0);
    expect(await images()).toEqual([second]);
  }, 240_000);
});

describe("an image that insists on root", () => {
  const legacy: Service = {
    ...{ name: "legacy", port: 80, user: 0, writablePaths: ["/data"] },
    command: [
      "node",
      "--eval",
      `require("node:fs").chownSync("/data", 999, 999);
      require("node:http").createServer().listen(80, () => process.exit());`,
    ],
  };

  test("runs under baseline as it would elsewhere, which the CI identity may not enforce unless it is admitted", async () => {
    const object = (name: string) => ({
      ...{ apiVersion: "v1", kind: "Namespace" },
      metadata: { name, labels: namespaceLabels("baseline") },
    });
    const refused = await execa("kubectl", ["create", "-f", "-"], {
      ...{ env: shell, reject: false, all: true },
      input: JSON.stringify(object(uniqueName("env-refused"))),
    });
    expect(refused.all).toContain("the line of lowest in ci/admission.yaml decides");
    const { container, ...spec } = servicePodSpec(legacy, [legacy]);
    const metadata = { name: "legacy", namespace: baseline };
    const pod = {
      ...{ apiVersion: "v1", kind: "Pod", metadata },
      spec: {
        ...{ ...spec, restartPolicy: "Never", serviceAccountName: "legacy" },
        containers: [{ ...container, image: nodeImage() }],
      },
    };
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata };
    const made = await kubectlApply(object(baseline), account, pod);
    expect(made.exitCode, made.output).toBe(0);
    const phase = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "pod/legacy", "-n", baseline, phase, "--timeout=60s");
  });
});
