import { once } from "node:events";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { reuseSection } from "./readme.ts";
import { shell, type Ended } from "../integration/shell.ts";

/** A folder of somebody else, made as the README says, and programs that use the packed components. */
export class Consumer {
  readonly folder: string;
  private readonly path: string;

  private constructor(folder: string, languageHost: string[]) {
    this.folder = folder;
    // The plugin for other languages is the package's executable.
    const tools = [...languageHost, join(folder, "node_modules", ".bin")];
    this.path = [...tools, shell.PATH].join(":");
  }

  /** @param languageHost folders with what runs programs in another language than Node's. */
  static async install(...languageHost: string[]): Promise<Consumer> {
    const { install } = await reuseSection();
    // What the project's own installation has fetched is not asked for again.
    const npm = { npm_config_prefer_offline: "true", npm_config_audit: "false" };
    const options = { cwd: projectRoot, env: { ...shell, ...npm } };
    const installed = await execa("bash", ["-e", "-c", `${install}\npwd`], options);
    const folder = lastLine(installed.stdout);
    await cp(join(projectRoot, "test", "programs"), folder, { recursive: true });
    return new Consumer(folder, languageHost);
  }

  /** Does what the README tells to do in the folder. */
  async followReadme(): Promise<Ended> {
    const { project, program, use } = await reuseSection();
    await writeFile(join(this.folder, "Pulumi.yaml"), project);
    await writeFile(join(this.folder, "index.ts"), program);
    const options = { cwd: this.folder, env: shell, all: true, reject: false } as const;
    const { exitCode, all, stdout } = await execa("bash", ["-e", "-c", use], options);
    if (exitCode !== 0)
      await execa(
        "pulumi",
        ["destroy", "--yes", "--skip-preview", "--remove", "--stack", "my-shop"],
        options,
      );
    return { exitCode, output: all, stdout };
  }

  /** The packed components, installed. */
  get package(): string {
    return join(this.folder, "node_modules", "dynamic-environments");
  }

  /**
   * Runs the plugin as current language hosts run a folder that has a PulumiPlugin.yaml; the host of the tests is too
   * old for it. @returns the provider's port, and what ends it.
   */
  async runPluginFolder(): Promise<{ port: string; end: () => Promise<void> }> {
    const runPlugin = join(this.folder, "node_modules", "@pulumi", "pulumi", "cmd", "run-plugin");
    const child = execa("node", [runPlugin, this.package], { env: shell, cwd: this.package, reject: false });
    const end = async () => {
      child.kill();
      await child;
    };
    const told = once(child.stdout, "data").then(([chunk]) => String(chunk).trim());
    const failed = child.then(({ stderr }) => {
      throw new Error(`the plugin ended: ${stderr}`);
    });
    return { port: await Promise.race([told, failed]), end };
  }

  /** Runs the Pulumi CLI in the folder of a program. */
  async pulumi(program: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const result = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: join(this.folder, program),
      env: { ...shell, PATH: this.path, ...env },
      all: true,
      reject: false,
    });
    return { exitCode: result.exitCode, output: result.all, stdout: result.stdout };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
