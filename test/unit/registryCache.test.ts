import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RegistryCache } from "../../local/registryCache.ts";

let folder = "";
const digests = { "library/node": "sha256:1" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const tag = (cluster: string) => join(folder, cluster, "images", "registry", "repositories", "node", "24");

/** A cluster whose registry has a tag. */
async function tagged(cluster: string, digest: string): Promise<RegistryCache> {
  await mkdir(dirname(tag(cluster)), { recursive: true });
  await writeFile(tag(cluster), digest);
  return new RegistryCache("node", join(folder, cluster));
}

describe("a registry's content", () => {
  it("is put into the registry of another cluster, beside what that has", async () => {
    const first = await tagged("first", "sha256:1");
    expect(await first.isStorageEmpty()).toBe(false);
    await first.save(digests);
    const second = new RegistryCache("node", join(folder, "second"));
    expect(await second.isStorageEmpty()).toBe(true);
    const own = join(folder, "second", "images", "registry", "own");
    await mkdir(own, { recursive: true });
    expect(await second.restore()).toEqual(digests);
    expect(await readFile(tag("second"), "utf8")).toBe("sha256:1");
    expect(await readdir(dirname(own))).toContain("own");
  });

  it("does not change with the registry that got it", async () => {
    await (await tagged("first", "sha256:1")).save(digests);
    await new RegistryCache("node", join(folder, "second")).restore();
    await writeFile(tag("second"), "sha256:2");
    await new RegistryCache("node", join(folder, "third")).restore();
    expect(await readFile(tag("third"), "utf8")).toBe("sha256:1");
  });

  it("stays where two keep the same, and nothing else is left", async () => {
    await (await tagged("first", "sha256:1")).save(digests);
    await (await tagged("second", "sha256:2")).save({ "library/node": "sha256:2" });
    expect(await readdir(join(folder, "cache", "dynenv", "images"))).toEqual(["node"]);
    expect(await new RegistryCache("node", join(folder, "third")).restore()).toEqual(digests);
  });

  it("is unknown where nobody kept it", async () => {
    expect(await new RegistryCache("node", join(folder, "first")).restore()).toBeUndefined();
  });
});
