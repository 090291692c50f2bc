import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../foundation/folders.ts";

/** Commands that a page shows together. */
export interface CommandBlock {
  /** Path of the page from the project's root, `#`, and the number of the block on it, from 1. */
  name: string;
  /** What a reader pastes into a shell. */
  script: string;
}

/** All blocks of shell commands in the README and in docs; of a session, its commands without what they print. */
export async function documentedCommands(): Promise<CommandBlock[]> {
  const pages = (await Array.fromAsync(glob(["README.md", "docs/**/*.md"], { cwd: projectRoot }))).sort();
  const blocks = pages.map(async (page) => {
    const text = await readFile(join(projectRoot, page), "utf8");
    return [...text.matchAll(/^```(console|sh)\n(.*?)^```$/gms)].map(([, kind, content = ""], index) => ({
      name: `${page}#${String(index + 1)}`,
      script: kind === "sh" ? content : commandsOf(content),
    }));
  });
  return (await Promise.all(blocks)).flat();
}

function commandsOf(session: string): string {
  const commands = session.split("\n").filter((line) => line.startsWith("$ "));
  return commands.map((line) => `${line.slice(2)}\n`).join("");
}
