import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../foundation/folders.ts";

/** What the README's section on reuse tells to do, in its order. */
interface Reuse {
  /** Commands that make a folder with the packed components installed, and leave the shell in it. */
  install: string;
  /** Content of Pulumi.yaml. */
  project: string;
  /** Content of index.ts. */
  program: string;
  /** Commands that use both. */
  use: string;
}

/** The code of the README's section on reuse. @throws when it has other blocks than these. */
export async function reuseSection(): Promise<Reuse> {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  const section = readme.split("\n## Reuse\n")[1]?.split("\n## ")[0] ?? "";
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const languages = blocks.map(([, language]) => language).join();
  if (languages !== "console,yaml,ts,console") throw new Error(`the section on reuse has ${languages}`);
  const [install = "", project = "", program = "", use = ""] = blocks.map(([, , text]) => text);
  return { install: commands(install), project, program, use: commands(use) };
}

function commands(text: string): string {
  return text.replaceAll(/^\$ /gm, "");
}
