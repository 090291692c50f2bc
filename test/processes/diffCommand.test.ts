import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DiffReport } from "../../cli/release/diffReport.ts";
import { contextName } from "../../cli/access/privateKubeconfig.ts";
import { recordedManifests } from "../../cli/release/recordedManifests.ts";
import { lockText, sealed } from "../../foundation/releaseLock.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { apiServer, type ApiServer, kubeconfig } from "../unit/apiServer.ts";
import { ReleasedStacks, releaseOf } from "../unit/releasedStacks.ts";
import { asServed } from "../unit/serverObjects.ts";

/** Named after what it is, in kubeconfigs of this program's own. */
let context = "";
const [older, newer] = [releaseOf("1.0.0", "1"), releaseOf("1.1.0", "2", { healthPath: "/ready" })];
const standing = (changes: object = {}) => ({ kind: "standing", cluster: context, ...changes });
const recorded = (settings: object, variables: object = {}) => ({
  "settings.json": JSON.stringify({ settings, variables }),
});

// Each renders the program, in processes of its own.
vi.setConfig({ testTimeout: 90_000 });

let stacks: ReleasedStacks;
let server: ApiServer;
/** What the API server has. */
let objects: Manifest[] = [];
let status = 200;
let env: Record<string, string> = {};

beforeAll(async () => {
  server = await apiServer(answer);
  const text = kubeconfig(`https://localhost:${String(server.port)}`);
  const { clusters } = JSON.parse(text) as { clusters: [{ cluster: Parameters<typeof contextName>[0] }] };
  context = contextName(clusters[0].cluster);
  stacks = await ReleasedStacks.make({
    staging: standing(),
    production: standing({ cluster: "other", scale: { deals: { replicas: 3 } } }),
    later: standing({ cluster: "other" }),
  });
  await stacks.release(older, newer);
  await stacks.deploy("staging", newer, recorded({}));
  await stacks.deploy("production", older, recorded({}));
  await stacks.deploy("later", newer, recorded({ "dynenv:kind": "standing", "dynenv:domain": "a.example" }));
  const config = join(stacks.folder, "kubeconfig");
  await writeFile(config, text);
  env = { KUBECONFIG: config };
  objects = asServed(await rendered("staging", "1.1.0"));
}, 90_000);

afterAll(async () => {
  vi.resetConfig();
  server.end();
  await stacks[Symbol.asyncDispose]();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "", "https://x");
  const name = pathname.split("/").at(-1) ?? "";
  response.setHeader("content-type", "application/json").writeHead(status);
  if (name === "version") response.end(JSON.stringify({ gitVersion: "v1.36.0" }));
  else if (name.startsWith("env-"))
    response.end(JSON.stringify(objects.find(({ kind }) => kind === "Namespace")));
  else response.end(JSON.stringify({ items: objects.filter(({ kind }) => name === pluralOf(kind)) }));
}

function pluralOf(kind: string): string {
  return { NetworkPolicy: "networkpolicies", Ingress: "ingresses" }[kind] ?? `${kind.toLowerCase()}s`;
}

/** What a release consists of in a stack, as its files say it. */
async function rendered(stack: string, version: string): Promise<Manifest[]> {
  const folder = join(stacks.folder, "..", `rendered-${stack}-${version}`);
  const words = ["render", "--from-lock", version, "--stack", stack, "--output", folder];
  const { exitCode, stderr } = await stacks.dynenv(words);
  expect(exitCode, stderr).toBe(0);
  const names = await readdir(folder);
  const files = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
  return recordedManifests(Object.fromEntries(await Promise.all(files)));
}

async function reported(...words: string[]): Promise<DiffReport & { exitCode: number | undefined }> {
  const { stdout, stderr, exitCode } = await stacks.dynenv(["diff", ...words, "--json"], env);
  expect(stdout, stderr).not.toBe("");
  return { ...(JSON.parse(stdout) as DiffReport), exitCode };
}

describe("two environments", () => {
  it("differ by their releases and by their settings, and each from the cluster that is there", async () => {
    const { exitCode, ...report } = await reported("production", "staging");
    expect(exitCode).toBe(0);
    expect(report.images?.map(({ path }) => path)).toEqual(["deals"]);
    expect(report.graph).toEqual([{ path: "services.deals.healthPath", from: "/health", to: "/ready" }]);
    expect(report.settings).toEqual([
      { path: "dynenv:cluster", from: "other", to: context },
      { path: "dynenv:scale", from: { deals: { replicas: 3 } } },
    ]);
    const reasons = new Map(report.objects?.map(({ object, path, reason }) => [`${object} ${path}`, reason]));
    const pod = "Deployment/deals spec.template.spec.containers[deals]";
    expect(reasons.get("Deployment/deals spec.replicas")).toBe("settings");
    expect(reasons.get(`${pod}.image`)).toBe("release");
    expect(reasons.get(`${pod}.readinessProbe.httpGet.path`)).toBe("release");
    expect(JSON.stringify(report.objects)).not.toMatch(/env-production|env-staging/);
    expect(report.drift.map(({ stack, cluster, objects: drifted }) => [stack, cluster, drifted])).toEqual([
      ["production", undefined, []],
      ["staging", { context, version: "v1.36.0" }, []],
    ]);
    expect(report.notes).toEqual([
      `production was not compared with its cluster: setting dynenv:cluster is "other", but the kubeconfig leads to ${context}: use the one of the stack's own cluster`,
      "fields that somebody added to objects of staging are not seen, since Pulumi's state of it cannot be read",
    ]);
  });

  it("are the same where release and settings are, and a file that was changed since is told", async () => {
    const { objects: all, images, graph, notes } = await reported("later", "staging");
    expect({ all, images, graph }).toEqual({ all: [], images: [], graph: [] });
    expect(notes[0]).toMatch(
      /^Pulumi\.later\.yaml was changed since later was deployed: dynenv:cluster, dynenv:domain;/,
    );
  });
});

it("an environment is compared with its cluster: drift ends with 1", async () => {
  const before = objects;
  objects = structuredClone(objects);
  const found = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "deals");
  const spec = found?.spec as { replicas: number; template: { spec: { containers: [{ env: object[] }] } } };
  spec.replicas = 0;
  spec.template.spec.containers[0].env.push({ name: "API_TOKEN", value: "correct-horse-battery" });
  try {
    const { exitCode, drift } = await reported("staging");
    expect(exitCode).toBe(1);
    expect(drift[0]?.objects).toEqual([
      {
        object: "Deployment/deals",
        what: "changed",
        differences: [
          { path: "spec.replicas", from: 1, to: 0 },
          {
            path: "spec.template.spec.containers[deals].env[API_TOKEN]",
            to: { name: "API_TOKEN", value: "***" },
          },
        ],
      },
    ]);
  } finally {
    objects = before;
  }
});

it("a release is compared with what an environment runs, or with another", async () => {
  const { objects: all, images, settings } = await reported("1.0.0", "staging");
  expect(images?.map(({ path }) => path)).toEqual(["deals"]);
  expect(settings).toBeUndefined();
  expect(new Set(all?.map(({ reason }) => reason))).toEqual(new Set(["release"]));
  expect(all?.map(({ object }) => object)).toContain("Deployment/deals");
  const two = await reported("1.0.0", "1.1.0");
  expect(two.objects).toBeUndefined();
  expect(two.graph?.length).toBe(1);
});

it("what was deployed without a release is what was recorded", async () => {
  const folder = join(stacks.folder, "..", "rendered-staging-1.1.0");
  const files = await readdir(folder);
  const texts = files.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
  await stacks.deploy("staging", undefined, {
    ...Object.fromEntries(await Promise.all(texts)),
    ...recorded({}),
  });
  try {
    const { exitCode, drift, objects: all, images, notes } = await reported("later", "staging");
    expect({ exitCode, all, images, drift: drift[1] }).toMatchObject({
      exitCode: 0,
      all: [],
      drift: { objects: [] },
    });
    expect(notes).toContain("staging runs no release, so that images and graph are not compared");
  } finally {
    await stacks.deploy("staging", newer, recorded({}));
  }
});

describe("what cannot be compared", () => {
  const refused = async (words: string[], variables = env) => {
    const { stdout, stderr, exitCode } = await stacks.dynenv(["diff", ...words], variables);
    expect(stdout).toBe("");
    return [exitCode, stderr];
  };

  it("is refused in one sentence", async () => {
    expect(await refused(["staging", "2.0.0"])).toEqual([
      2,
      'dynenv: "2.0.0" is neither a stack nor a release: the branch stable knows later, production, staging, 1.0.0, 1.1.0; name one of them, or the file of a lock',
    ]);
    await stacks.configure("fresh", standing());
    expect(await refused(["fresh"])).toEqual([
      2,
      "dynenv: stack fresh was never deployed, says the branch stable: deploy a release to it by `dynenv up --stack fresh --from-lock VERSION`",
    ]);
    expect(await refused(["1.0.0"])).toEqual([
      2,
      "dynenv: 1.0.0 is a release, which no cluster has by itself: name a stack, or two things to compare",
    ]);
    expect((await refused(["production"]))[0]).toBe(3);
    expect((await refused(["staging", "nowhere/a.lock.json"]))[0]).toBe(2);
  });

  it("is a lock of another project", async () => {
    const file = join(stacks.folder, "foreign.lock.json");
    const { format: _, content: _content, ...foreign } = { ...older, project: "other/project" };
    await writeFile(file, lockText(sealed(foreign)));
    const [exitCode, said] = await refused([file, "staging"]);
    expect(exitCode).toBe(2);
    expect(said).toContain('release 1.0.0 is of the project "other/project", but this is "shop/deals"');
  });

  it("is a cluster that refuses, or none", async () => {
    status = 401;
    try {
      expect(await refused(["staging"])).toEqual([
        3,
        "dynenv: the cluster answers 401: it does not know the login; give it a new one",
      ]);
    } finally {
      status = 200;
    }
    const [exitCode, said] = await refused(["staging"], {});
    expect([exitCode, said]).toEqual([3, expect.stringContaining("no cluster is up or named")]);
  });

  it("is a project without a release", async () => {
    await using none = await ReleasedStacks.make({ staging: standing() });
    const { exitCode, stderr } = await none.dynenv(["diff", "staging", "1.0.0"], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("there is no branch stable yet, so that nobody can say what");
  });
});
