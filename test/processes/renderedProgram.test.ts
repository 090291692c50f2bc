import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderedProgram } from "../../cli/release/renderedProgram.ts";
import { lockText, type ReleaseLock, sealed } from "../../foundation/releaseLock.ts";
import { contentHash } from "../../rendering/content.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const images = {
  deals: `registry.example.com/shop/deals@${digest("1")}`,
  catalogue: `docker.io/weaveworksdemos/catalogue:0.3.5@${digest("2")}`,
  "catalogue-db": `docker.io/weaveworksdemos/catalogue-db:0.3.0@${digest("3")}`,
};
const commit = "0123456789abcdef0123456789abcdef01234567";
const identity = { DYNENV_PROJECT: "shop/deals", DYNENV_REF: "main", DYNENV_COMMIT: commit };
const { signal } = new AbortController();
let folder = "";
let lock: ReleaseLock;

const rendered = (stack: string, env: Record<string, string> = {}, given: string[] = []) =>
  renderedProgram({ stack, given, env: { ...identity, ...env }, images, signal });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-rendered-"));
  const { graph = {}, services, secretFiles, objects } = await rendered("qa");
  lock = sealed({
    ...{ version: "1.0.0", project: "shop/deals", commit, ref: "main", environment: "qa", program: "0.1.0" },
    ...{ images, services, migrations: {}, secretFiles, graph, objects },
  });
  writeFileSync(join(folder, "lock.json"), lockText(lock));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the stacks' files that this project has", () => {
  it.each(["qa", "client-qa", "staging", "production"])(
    "%s says what a standing environment may",
    async (stack) => {
      const { manifests, objects } = await rendered(stack);
      const [namespace] = manifests.filter(({ kind }) => kind === "Namespace");
      expect(namespace?.metadata).toMatchObject({
        name: `env-${stack}`,
        annotations: { "dynenv/kind": "standing" },
      });
      // Whatever it says: the release is the same.
      expect(objects).toBe(lock.objects);
    },
  );
});

describe("a release", () => {
  it("is rendered from its lock as it was when it was made, whatever commit and images are here", async () => {
    const env = { DYNENV_LOCK: join(folder, "lock.json"), DYNENV_COMMIT: "f".repeat(40) };
    const again = await renderedProgram({ stack: "qa", given: [], env: { ...identity, ...env }, signal });
    expect(again.objects).toBe(lock.objects);
    const { manifests } = await rendered("qa");
    expect(contentHash(again.manifests)).toBe(contentHash(manifests));
  });

  it("of another project is refused by one sentence", async () => {
    const env = { DYNENV_LOCK: join(folder, "lock.json"), DYNENV_PROJECT: "shop/orders" };
    await expect(rendered("qa", env)).rejects.toThrow(
      'release 1.0.0 is of the project "shop/deals", but this is "shop/orders": give a lock of its own',
    );
  });

  it("has no text of a secret, and its objects have what stands for them", async () => {
    const { manifests, graph } = await rendered("qa", { CI_REGISTRY_PASSWORD: "open-sesame" });
    const logins = manifests.filter(({ kind }) => kind === "Secret");
    expect(logins.map(({ metadata }) => metadata.name).sort()).toEqual([
      "catalogue-db-password",
      "gitlab-registry",
    ]);
    expect(JSON.stringify(graph)).not.toContain("open-sesame");
    expect(JSON.stringify(logins[0])).toMatch(/\uE000=[A-Z_]+\uE001/);
  });

  it("is told in one sentence where the program refuses a setting", async () => {
    await expect(rendered("qa", {}, ['scale={"dealz": {"replicas": 2}}'])).rejects.toThrow(
      /^setting dynenv:scale names "dealz", which the program does not have/,
    );
  });
});
