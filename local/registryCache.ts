import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../foundation/files.ts";
import { cacheFolder } from "../foundation/folders.ts";

/** What a new cluster's registry gets as files, which another cluster's registry wrote: a copy takes a moment, a build many. */
export class RegistryCache {
  readonly #cached: string;
  readonly #storage: string;

  /**
   * @param name names the content, such as `stand-ins-118884c2628d`: what has the same name is the same.
   * @param clusterFolder the folder that outlives the cluster.
   */
  constructor(name: string, clusterFolder: string) {
    this.#cached = join(cacheFolder(), "images", name);
    this.#storage = join(clusterFolder, "images", "registry");
  }

  /** Puts the content into the registry. @returns the digests of its images, by name; nothing where it is not cached. */
  async restore(): Promise<Record<string, string> | undefined> {
    const text = await readFile(join(this.#cached, "digests.json"), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    // No links: a registry writes a tag in its place.
    await cp(join(this.#cached, "registry"), this.#storage, { recursive: true });
    return JSON.parse(text) as Record<string, string>;
  }

  /** Whether the registry holds no image at all. */
  async isStorageEmpty(): Promise<boolean> {
    return (await readdir(this.#storage).catch(() => [])).length === 0;
  }

  /** Keeps what the registry holds. Of two that keep the same at once, the first does. */
  async save(digests: Record<string, string>): Promise<void> {
    const images = join(this.#cached, "..");
    await mkdir(images, { recursive: true });
    const unfinished = await mkdtemp(`${this.#cached}.`);
    try {
      await cp(this.#storage, join(unfinished, "registry"), { recursive: true });
      await writeFile(join(unfinished, "digests.json"), JSON.stringify(digests, null, 2));
      await rename(unfinished, this.#cached);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await exists(this.#cached))) throw error;
    }
  }
}
