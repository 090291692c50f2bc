import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { builtTool } from "../../local/toolBuild.ts";
import { yamlLanguageHost } from "../../local/goTools.ts";
import { projectRoot } from "../../local/folders.ts";
import { shell, type Ended } from "./shell.ts";

/** A folder of somebody else, with the packed components installed and programs that use them. */
export class Consumer {
  readonly folder: string;
  private readonly path: string;

  private constructor(folder: string, yamlHost: string) {
    this.folder = folder;
    // The plugin for other languages is the package's executable.
    const tools = [yamlHost, join(folder, "node_modules", ".bin")];
    this.path = [...tools, shell.PATH].join(":");
  }

  static async install(): Promise<Consumer> {
    const silent = (): void => undefined;
    const yamlHost = await builtTool(yamlLanguageHost, {
      progress: silent,
      signal: new AbortController().signal,
    });
    const folder = await mkdtemp(join(tmpdir(), "dynenv-consumer-"));
    await cp(join(projectRoot, "test", "programs"), folder, { recursive: true });
    const npm = (args: string[], cwd: string) => execa("npm", args, { cwd });
    await npm(["pack", "--workspace", "components", "--pack-destination", folder], projectRoot);
    const tarball = (await readdir(folder)).find((file) => file.endsWith(".tgz")) ?? "";
    await npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", join(folder, tarball)], folder);
    return new Consumer(folder, yamlHost);
  }

  /** Runs the Pulumi CLI in the folder of a program. */
  async pulumi(program: string, args: string[]): Promise<Ended> {
    const result = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: join(this.folder, program),
      env: { ...shell, PATH: this.path },
      all: true,
      reject: false,
    });
    return { exitCode: result.exitCode, output: result.all, stdout: result.stdout };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
