import { copyFile, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { interruptibleWork } from "../../cli/process/interrupt.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { pythonLanguageHost, yamlLanguageHost } from "../../local/goTools.ts";
import { ensurePackages } from "../../local/packages.ts";
import { builtTool } from "../../local/toolBuild.ts";

const work = interruptibleWork((line) => process.stderr.write(`${line}\n`));

/** Folder for PATH with what runs programs in YAML. */
export function yamlHost(): Promise<string> {
  return builtTool(yamlLanguageHost, work);
}

/** Makes a folder for PATH with what runs programs in Python: an interpreter with Pulumi's SDK, and the language host. */
export async function pythonHost(folder: string): Promise<string> {
  await ensurePackages(work, { "python3-venv": ["/usr/share/doc/python3-venv"] });
  const built = await builtTool(pythonLanguageHost, work);
  const bin = join(folder, "bin");
  await execa("/usr/bin/python3", ["-m", "venv", folder]);
  const dependencies = await readFile(join(projectRoot, "package.json"), "utf8");
  const { "@pulumi/pulumi": version = "" } = (
    JSON.parse(dependencies) as { dependencies: Record<string, string> }
  ).dependencies;
  await execa(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", `pulumi==${version}`]);
  // It looks beside itself for the script that runs a program, which its module has, but no build copies.
  const host = "pulumi-language-python";
  await copyFile(join(built, host), join(bin, host));
  const source = { cwd: join(projectRoot, "local", "tools", pythonLanguageHost.folder) };
  const module = "github.com/pulumi/pulumi/sdk/v3";
  await execa("go", ["mod", "download", module], source);
  const { stdout } = await execa("go", ["list", "-m", "-f", "{{.Dir}}", module], source);
  await symlink(join(stdout, "python", "cmd", `${host}-exec`), join(bin, `${host}-exec`));
  return bin;
}
