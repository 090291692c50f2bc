import { parseLock } from "../../foundation/releaseLock.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { gitIn } from "./gitCommand.ts";
import { doubtfulImages } from "./lockedImages.ts";
import { lockPath, StableBranch } from "./stableBranch.ts";

/** A release, as far as the branch `stable` and the registries tell. */
export interface ReleaseFact {
  version: string;
  commit: string;
  /** When it was made, and by whom. */
  made: string;
  by: string;
  /** Stacks that run it. */
  runsIn: string[];
  /** Why it cannot be made again, in words; empty where it can. */
  lacks: string;
}

/** All releases, the newest first. */
export async function releaseFacts(
  variables: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<ReleaseFact[]> {
  const branch = await StableBranch.open(gitIn(programFolder(), signal));
  const history = await branch.history();
  const running = new Map<string, string | undefined>();
  for (const { Environment: stack, Release: version } of history)
    if (stack !== undefined && !running.has(stack)) running.set(stack, version);
  const made = history.filter(
    ({ Environment: stack, Release: version }) => stack === undefined && version !== undefined,
  );
  return Promise.all(
    made.map(async ({ Release: version = "", At: at = "", By: by = "", "Source-commit": commit = "" }) => {
      const runsIn = [...running].flatMap(([stack, one]) => (one === version ? [stack] : [])).sort();
      const lacks = await whyNotAgain((await branch.read(lockPath(version))) ?? "", version, variables);
      return { version, commit, made: at, by, runsIn, lacks };
    }),
  );
}

async function whyNotAgain(
  text: string,
  version: string,
  variables: Record<string, string | undefined>,
): Promise<string> {
  try {
    const doubtful = await doubtfulImages(parseLock(text, `release ${version}`), variables);
    return doubtful.map(({ name, reason }) => `image of ${name} ${reason}`).join("; ");
  } catch (error) {
    return (error as Error).message;
  }
}
