import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { lockPath, StableBranch } from "../../cli/release/stableBranch.ts";
import { sockShop } from "../../components/index.ts";
import { cacheFolder, projectRoot } from "../../foundation/folders.ts";
import { lockText, type ReleaseLock, sealed } from "../../foundation/releaseLock.ts";
import { lockedDefinition } from "../../stacks/lockedDefinition.ts";
import type { Definition } from "../../stacks/definition.ts";
import { deals } from "../../example/shop.ts";
import { author, gitAs } from "./gitAs.ts";

export const project = "shop/deals";
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const commit = (digit: string) => digit.repeat(40);

/** Sock Shop and one service more: fourteen. */
const definition: Definition = {
  application: "deals",
  services: { deals: { build: "deals", ...deals } },
  catalogue: sockShop,
  tests: [{ command: ["npm", "test"] }],
};
const names = sockShop.services.map(({ name }) => name);

/** A release whose images of the project's own have a digest of this digit. */
export function releaseOf(version: string, digit: string, changes: Partial<typeof deals> = {}): ReleaseLock {
  const images = Object.fromEntries([
    ["deals", `registry.example.com/shop/deals@${digest(digit)}`],
    ...names.map((name) => [name, `docker.io/weaveworksdemos/${name}@${digest("a")}`]),
  ]) as Record<string, string>;
  const own = { ...definition, services: { deals: { build: "deals", ...deals, ...changes } } };
  const graph = JSON.parse(JSON.stringify(lockedDefinition(own, images))) as Record<string, unknown>;
  return sealed({
    ...{ version, project, commit: commit(digit), ref: "main", environment: "staging", program: "1.0.0" },
    ...{ images, services: names, migrations: {}, secretFiles: {}, graph, objects: digest(digit) },
  });
}

/** Settings of a stack's file. */
export type StackFiles = Record<string, Record<string, unknown>>;

/** A project in a repository of its own, with its stacks' files and the branch `stable`. */
export class ReleasedStacks implements AsyncDisposable {
  readonly folder: string;
  /** Where there is nothing of this user's, nor of this machine's. */
  readonly #home: string;

  private constructor(folder: string, home: string) {
    this.folder = folder;
    this.#home = home;
  }

  static async make(files: StackFiles): Promise<ReleasedStacks> {
    const parent = await mkdtemp(join(tmpdir(), "released-"));
    const [folder, home] = [join(parent, "project"), join(parent, "home")];
    await Promise.all([mkdir(join(folder, "deals"), { recursive: true }), mkdir(home)]);
    const program = [
      "// As a project has it that installed dynamic-environments.",
      `import { sockShop } from ${JSON.stringify(join(projectRoot, "components", "index.ts"))};`,
      `import { preview } from ${JSON.stringify(join(projectRoot, "stacks", "index.ts"))};`,
      `const definition = ${JSON.stringify({ ...definition, catalogue: undefined })};`,
      "export default preview({ ...definition, catalogue: sockShop });",
    ];
    await writeFile(join(folder, "index.ts"), program.join("\n"));
    await writeFile(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\nmain: index.ts\n");
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(join(folder, "deals", "Dockerfile"), "FROM scratch\n");
    const stacks = new ReleasedStacks(folder, home);
    for (const [stack, settings] of Object.entries(files)) await stacks.configure(stack, settings);
    for (const args of [
      ["init", "--quiet", "--initial-branch=main"],
      ["add", "--all"],
      ["commit", "--quiet", "-m", "all"],
    ])
      await execa("git", args, { cwd: folder, env: author });
    return stacks;
  }

  async configure(stack: string, settings: Record<string, unknown>): Promise<void> {
    const config = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`dynenv:${key}`, value]),
    );
    await writeFile(join(this.folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }

  /** Adds releases to the branch `stable`. */
  async release(...locks: ReleaseLock[]): Promise<void> {
    for (const lock of locks) {
      const trailers = { Release: lock.version, "Source-commit": lock.commit };
      await this.#add(
        { subject: `Release ${lock.version}`, trailers },
        { [lockPath(lock.version)]: lockText(lock) },
      );
    }
  }

  /** Tells the branch `stable` of a deployment. @param lock undefined: it was no release. */
  async deploy(stack: string, lock: ReleaseLock | undefined, files: Record<string, string>): Promise<void> {
    const release = lock === undefined ? {} : { Release: lock.version };
    const trailers = { Environment: stack, ...release, "Source-commit": lock?.commit ?? commit("9") };
    const own = Object.entries(files).map(([name, text]) => [`${stack}/${name}`, text]);
    await this.#add(
      { subject: `Deploy to ${stack}`, trailers },
      Object.fromEntries(own) as Record<string, string>,
    );
  }

  async #add(message: Parameters<typeof StableBranch.add>[1], files: Record<string, string>): Promise<void> {
    await StableBranch.add(gitAs(this.folder), message, () => Promise.resolve(files));
  }

  /** Calls the command line in the project's folder. */
  async dynenv(words: string[], env: Record<string, string> = {}) {
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [join(projectRoot, "cli", "dynenv.ts"), ...words],
      {
        cwd: this.folder,
        extendEnv: false,
        env: {
          ...{ PATH: process.env.PATH ?? "", HOME: this.#home, DYNENV_PROJECT: project },
          NODE_COMPILE_CACHE: join(cacheFolder(), "node"),
          ...env,
        },
        reject: false,
      },
    );
    return { stdout, stderr, exitCode };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(join(this.folder, ".."), { recursive: true, force: true });
  }
}
