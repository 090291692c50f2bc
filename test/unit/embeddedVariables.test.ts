import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { requireNoOther, shellEnvironment } from "../../cli/access/shellEnvironment.ts";
import type { EmbeddedCluster } from "../../local/cluster.ts";

const cluster = {
  name: "dynenv-0",
  kubeconfig: "/cluster/kubeconfig",
  dockerHost: "unix:///cluster/docker.sock",
  registry: "10.201.1.2:5000",
  publicRegistry: "10.201.1.2:5001",
  username: "ci",
  password: "embedded-password",
  pull: { username: "puller", password: "pull-password" },
  backend: "/cluster/backend",
  passphraseFile: "/cluster/passphrase",
  tools: [],
  images: {
    source: "stand-in",
    prefix: "10.201.1.2:5000",
    standIns: { "a/b:1": "sha256:0" },
    baseImage: "base",
  },
} as unknown as EmbeddedCluster;

let folder: string;
const given = () => shellEnvironment({ way: "path", folders: [] }, cluster);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "embedded-"));
  for (const name of Object.keys(process.env))
    if (/^(CI|DYNENV|PULUMI|KUBE|DOCKER)_/.test(name)) vi.stubEnv(name, undefined);
  for (const name of ["KUBECONFIG", "CI"]) vi.stubEnv(name, undefined);
  for (const name of ["XDG_CACHE_HOME", "XDG_STATE_HOME"]) vi.stubEnv(name, folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("a backend that is empty is the user's own folder", async () => {
  const named = { kubeconfig: "/k", context: "c" };
  vi.stubEnv("PULUMI_BACKEND_URL", "");
  const { PULUMI_BACKEND_URL } = await shellEnvironment({ way: "path", folders: [] }, named);
  expect(PULUMI_BACKEND_URL).toBe(`file://${folder}/dynenv/pulumi`);
});

describe("on the embedded cluster a variable", () => {
  it.each([
    ["DYNENV_STAND_INS", '{"a/b:1": "sha256:1"}'],
    ["DYNENV_IMAGE_PREFIX", "docker.io"],
    ["DYNENV_BASE_IMAGE", "node:24"],
    ["DYNENV_PUBLIC_REGISTRY", "registry.example.com"],
    ["CI_REGISTRY_IMAGE", "10.201.1.2:5000/shop/deals"],
    ["PULUMI_BACKEND_URL", "s3://bucket"],
    ["PULUMI_PARALLEL", "3"],
  ])("that the caller set stays: %s", async (name, value) => {
    const own = (await given())[name];
    vi.stubEnv(name, value);
    expect(own).not.toBe(value);
    expect((await given())[name]).toBe(value);
    if (!name.startsWith("PULUMI")) {
      // As one that is filled from a file.
      vi.stubEnv(name, `${value}\n`);
      expect((await given())[name]).toBe(value);
    }
    expect(() => {
      requireNoOther(cluster);
    }).not.toThrow();
  });

  it("of a passphrase stays, and no other is named beside it", async () => {
    for (const name of ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"]) {
      vi.stubEnv(name, "mine");
      expect((await given()).PULUMI_CONFIG_PASSPHRASE_FILE).toBeUndefined();
      vi.stubEnv(name, undefined);
    }
    expect((await given()).PULUMI_CONFIG_PASSPHRASE_FILE).toBe(cluster.passphraseFile);
  });

  it("of a backend has a passphrase that outlives the cluster", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    expect((await given()).PULUMI_CONFIG_PASSPHRASE_FILE).toBe(join(folder, "dynenv", "passphrase"));
  });

  it("of other images leaves the cluster's own stand-ins out", async () => {
    vi.stubEnv("DYNENV_IMAGE_PREFIX", "docker.io");
    expect((await given()).DYNENV_STAND_INS).toBe("{}");
  });

  it("that is empty counts as not set", async () => {
    const own = await given();
    for (const name of Object.keys(own)) if (/^(CI|DYNENV)_/.test(name)) vi.stubEnv(name, "");
    expect(await given()).toEqual(own);
  });

  it.each([
    ["DOCKER_HOST", "unix:///run/docker.sock"],
    ["CI_REGISTRY", "registry.example.com"],
    ["CI_REGISTRY_USER", "somebody"],
    ["CI_REGISTRY_PASSWORD", "secret-password"],
    ["DYNENV_PULL_USER", "somebody"],
    ["DYNENV_PULL_PASSWORD", "secret-password"],
    ["CI_REGISTRY_IMAGE", "registry.example.com/shop/deals"],
    ["KUBE_CONTEXT", "staging"],
  ])("that cannot count is refused, not overwritten: %s", (name, value) => {
    vi.stubEnv(name, value);
    let sentence = "";
    try {
      requireNoOther(cluster);
    } catch (error) {
      sentence = (error as Error).message;
    }
    expect(sentence).toMatch(new RegExp(`but ${name} name others: unset them, or name a cluster`));
    expect(sentence).not.toContain("secret");
  });
});

it("a shell that has the embedded cluster's variables is not refused, and gets the same again", async () => {
  const first = await given();
  for (const [name, value] of Object.entries(first)) vi.stubEnv(name, value);
  requireNoOther(cluster);
  const { PULUMI_CONFIG_PASSPHRASE_FILE: _, ...same } = first;
  expect(await given()).toMatchObject(same);
});
