import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { connectionTests } from "./connectionTests.ts";
import { Consumer } from "./consumer.ts";
import { yamlHost } from "./languageHosts.ts";
import { neighbourTests } from "./neighbourTests.ts";
import { inNamespace, pod, rollAll } from "../integration/pods.ts";
import { changes, commonSettings, ProgramStack } from "./programs.ts";
import { standInOf, standIns } from "../integration/standIns.ts";
import { gateway } from "../integration/testGateway.ts";
import { podPorts } from "../integration/shopEdges.ts";
import {
  adminKubeconfig,
  docker,
  kubectl,
  kubectlApply,
  kubectlWith,
  ownName,
  remains,
  shell,
  tryKubectl,
  uniqueName,
} from "../integration/shell.ts";

const control = uniqueName("control");
const impostors = uniqueName("impostors");
const services = Object.keys(podPorts);
const dropEdge = (edge: string) => shop.up("--config", `droppedEdge=${edge}`);
let consumer: Consumer;
let shop: ProgramStack;
let preview: ProgramStack;
let image = "";
let shopUp = "";
/** A secret of several lines. */
const key = 'canary of the key\'s first line\ncanary of its "second" line, 100%\n';
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  consumer = await Consumer.install(await yamlHost());
  undo.push(() => consumer.remove());
  const common = await commonSettings();
  const images = { prefix: shell.DYNENV_IMAGE_PREFIX, standIns };
  shop = new ProgramStack(consumer, "shop", {
    ...common,
    contextFolder: join(projectRoot, "example"),
    baseImage: shell.DYNENV_BASE_IMAGE ?? "",
    images: JSON.stringify(images),
    gateway: JSON.stringify(gateway),
  });
  await shop.create();
  undo.push(() => shop.destroy());
  const up = await shop.up();
  shopUp = up.output;
  expect(up.exitCode, shopUp).toBe(0);
  image = (await shop.output<{ outputs: { image: string } }>()).outputs.image;
  preview = new ProgramStack(consumer, "preview", {
    ...common,
    image,
    prefix: images.prefix ?? "",
    catalogue: standIns["weaveworksdemos/catalogue:0.3.5"] ?? "",
    catalogueDb: standIns["weaveworksdemos/catalogue-db:0.3.0"] ?? "",
    // One that has Node.
    probeBase: standInOf("weaveworksdemos/catalogue:0.3.5"),
  });
  await preview.create();
  await preview.pulumi("config", "set", "--secret", "key", key);
  undo.push(() => preview.destroy());
  const { exitCode, output } = await preview.up();
  expect(exitCode, output).toBe(0);
}, 300_000);

afterAll(async () => {
  await Promise.all(
    [control, impostors].map((name) => tryKubectl("delete", "namespace", name, "--ignore-not-found")),
  );
  const [removeConsumer, ...destroyStacks] = undo;
  const ended = await Promise.allSettled(destroyStacks.map((step) => step()));
  await removeConsumer?.();
  expect(ended.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(await remains()).toEqual([]);
}, 180_000);

describe("the package", () => {
  test("works in an empty folder as the README says", async () => {
    ownName("my-shop");
    const { exitCode, output } = await consumer.followReadme();
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/front-end-\S+ +1\/1 +Running/);
    expect((await remains()).filter((object) => object.includes("env-my-shop"))).toEqual([]);
  });

  test("gives its schema to other languages", async () => {
    const plugin = join(consumer.folder, "node_modules", ".bin", "pulumi-resource-dynamic-environments");
    const { exitCode, stdout, output } = await consumer.pulumi("preview", ["package", "get-schema", plugin]);
    expect(exitCode, output).toBe(0);
    const schema = JSON.parse(await readFile(join(projectRoot, "components", "schema.json"), "utf8")) as {
      resources: object;
    };
    const given = JSON.parse(stdout) as { resources: object };
    expect(Object.keys(given.resources).sort()).toEqual(Object.keys(schema.resources).sort());
  });

  test("serves its components as a folder with a PulumiPlugin.yaml", async () => {
    expect(parse(await readFile(join(consumer.package, "PulumiPlugin.yaml"), "utf8"))).toEqual({
      runtime: "nodejs",
    });
    const { port, end } = await consumer.runPluginFolder();
    try {
      const { exitCode, output } = await preview.upWithProvider(port);
      expect(exitCode, output).toBe(0);
    } finally {
      await end();
    }
  });

  test("has types for programs outside of this project, and brings one copy of Pulumi", async () => {
    const strict = [
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--lib",
      "esnext",
      "--skipLibCheck",
    ];
    const compiler = join(projectRoot, "node_modules", ".bin", "tsc");
    const flags = ["--noEmit", "--allowImportingTsExtensions", ...strict, "shop/index.ts"];
    const { exitCode, all } = await execa(compiler, flags, {
      cwd: consumer.folder,
      all: true,
      reject: false,
    });
    expect(exitCode, all).toBe(0);
    const { stdout } = await execa("npm", ["ls", "--all", "--parseable", "@pulumi/pulumi"], {
      cwd: consumer.folder,
    });
    expect(new Set(stdout.trim().split("\n")).size).toBe(1);
  });

  test("makes an environment from YAML, with its seed and without a secret in state", async () => {
    expect(await preview.output()).toMatchObject({
      namespace: preview.namespace,
      services: { deals: "deals:80", catalogue: "catalogue:80", "catalogue-db": "catalogue-db:3306" },
      readyCommit: "0123456789abcdef0123456789abcdef01234567",
    });
    expect(await seeds()).toHaveLength(1);
    const { stdout } = await preview.pulumi("stack", "export");
    expect(stdout).not.toContain(shell.CI_REGISTRY_PASSWORD);
    const environment = await kubectl("exec", "-n", preview.namespace, "deploy/deals", "--", "env");
    expect(environment).toContain(`API_KEY=${shell.CI_REGISTRY_PASSWORD ?? ""}\n`);
    expect(environment).toContain("GREETING=hello\n");
    const gate = ["get", "job", "readiness", "-n", preview.namespace, "-o"];
    expect(await kubectl(...gate, "jsonpath={..image}")).toMatch(/\/dynenv\/probe@sha256:[0-9a-f]{64}$/);
  });
});

describe("the shop", () => {
  test("is admitted under the profile restricted without a warning, all of it", async () => {
    expect(shopUp).not.toContain("would violate");
    const deployments = await kubectl("get", "deployments", "-n", shop.namespace, "-o", "json");
    const { items } = JSON.parse(deployments) as {
      items: { metadata: { name: string }; spec: { replicas: number }; status: object }[];
    };
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(services.toSorted());
    for (const { spec, status } of items)
      expect(status).toMatchObject({ readyReplicas: spec.replicas, updatedReplicas: spec.replicas });
    expect(items.find(({ metadata }) => metadata.name === "user")?.spec.replicas).toBe(2);
    const again = await kubectlWith(deployments, "replace", "--dry-run=server", "-f", "-");
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).not.toContain("Warning:");
    const privileged = deployments.replaceAll(
      '"allowPrivilegeEscalation": false',
      '"allowPrivilegeEscalation": true',
    );
    const refused = await kubectlWith(privileged, "replace", "--dry-run=server", "-f", "-");
    expect(refused.output).toContain("would violate PodSecurity");
  });

  test("has room in its quota while every Deployment rolls at once", async () => {
    expect(await rollAll(shop.namespace, services)).not.toContain("exceeded quota");
    const large = pod("large", { image: "none", command: ["none"], cpu: "100" });
    const { output } = await kubectlApply(inNamespace(shop.namespace, large));
    expect(output).toContain("exceeded quota: environment");
  });

  test("changes nothing on a second up", async () => {
    const { exitCode, output } = await shop.up("--expect-no-changes");
    expect(exitCode, output).toBe(0);
  });
});

connectionTests(() => ({ namespace: shop.namespace, image, dropEdge, control, impostors }));

neighbourTests(() => ({ shop: shop.namespace, other: preview.namespace, image }));

describe("a change", () => {
  let variant = "";

  test("of one image changes one Deployment and the readiness Job, nothing else", async () => {
    const published = "weaveworksdemos/payment:0.4.3";
    const digest = (await variantOf(standInOf(published))).split("@")[1] ?? "";
    const changed = { ...standIns, [published]: digest };
    const images = JSON.stringify({ prefix: shell.DYNENV_IMAGE_PREFIX, standIns: changed });
    const { exitCode, output } = await shop.up("--config", `images=${images}`);
    expect(exitCode, output).toBe(0);
    expect(changes(output)).toEqual([
      "replaced Job readiness",
      "replaced Service readiness-revisions",
      "updated Deployment sock-shop-payment",
    ]);
  });

  test("of the application's image changes its tests, too, but does not run the seed again", async () => {
    const [first] = await seeds();
    variant = await variantOf(image);
    const { exitCode, output } = await preview.up("--config", `image=${variant}`);
    expect(exitCode, output).toBe(0);
    expect(changes(output)).toEqual([
      "replaced Job environment-readiness",
      "replaced Service environment-readiness-revisions",
      "updated CronJob environment-tests",
      "updated Deployment environment-deals",
    ]);
    expect(await seeds()).toEqual([first]);
  });

  test("of a seed's content runs the seed again, and the gate", async () => {
    const [first] = await seeds();
    const { exitCode, output } = await preview.up("--config", `image=${variant}`, "--config", "seed=second");
    expect(exitCode, output).toBe(0);
    // Of the Deployment changes its mark alone, which names the seed; its pods stay.
    expect(changes(output).filter((change) => !change.includes("-seed-"))).toEqual([
      "replaced Job environment-readiness",
      "replaced Service environment-readiness-revisions",
      "updated Deployment environment-deals",
    ]);
    const [second, ...more] = await seeds();
    expect(more).toEqual([]);
    expect(second).not.toBe(first);
  });

  // The last one: its environment does not get ready any more.
  test("to an application that shows its secrets before it ends shows them nowhere else", async () => {
    const { CI_REGISTRY_USER: user = "", CI_REGISTRY_PASSWORD: password = "" } = shell;
    const program = Buffer.from(
      `
      const { API_KEY, PRIVATE_KEY } = process.env;
      for (const form of [API_KEY, PRIVATE_KEY].flatMap(${forms.toString()})) console.error("Error:", form);
      process.exit(1);`,
    ).toString("base64");
    const { exitCode, output } = await preview.up(
      ...["--config", `argument=--import=data:text/javascript;base64,${program}`],
      ...["--config", "readyWithinSeconds=20"],
    );
    expect(exitCode).not.toBe(0);
    expect(output).toContain("exit code 1");
    const state = (await preview.pulumi("stack", "export")).stdout;
    expect(state).toContain("exit code 1");
    const application = ["-n", preview.namespace, "-l", "app.kubernetes.io/name=deals"];
    const log = await kubectl("logs", ...application, "--tail=-1");
    const pods = await kubectl("get", "pods", ...application, "-o", "yaml");
    for (const form of [password, key].flatMap(forms)) expect(log).toContain(form);
    const secrets = [password, `${user}:${password}`, key, ...key.trim().split("\n")];
    for (const form of secrets.flatMap(forms))
      for (const text of [output, state, pods]) expect(text).not.toContain(form);
  });
});

/** In which forms a secret may be shown. It runs in the application, too. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const escaped = JSON.stringify(text).slice(1, -1);
  return [text, escaped, encodeURIComponent(text), bytes.toString("hex"), bytes.toString("base64")];
}

/** Names and identities of the Jobs that filled the preview's application. */
async function seeds(): Promise<string[]> {
  const names = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}';
  const jobs = await kubectl("get", "jobs", "-n", preview.namespace, "-o", names);
  return jobs.split("\n").filter((line) => line.startsWith("deals-seed-"));
}

/** Pushes an image that differs from another in a label only. @returns its reference by digest. */
async function variantOf(reference: string): Promise<string> {
  const name = `${reference.split("@")[0] ?? ""}:${uniqueName("variant")}`;
  const config = join(adminKubeconfig, "..", "docker-config");
  const input = `FROM ${reference}\nLABEL variant=${name}\n`;
  await docker(["--config", config, "build", "--tag", name, "-"], { input });
  await docker(["--config", config, "push", "--quiet", name]);
  return (await docker(["inspect", "--format", "{{index .RepoDigests 0}}", name])).trim();
}
