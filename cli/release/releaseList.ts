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
  /** Why it cannot be made again, in words; empty where it can, as far as is known. */
  lacks: string;
  /** Why that is not known of some of its images; empty where it is. */
  unknown: string;
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
      const text = (await branch.read(lockPath(version))) ?? "";
      const again = await whetherAgain(text, version, variables);
      return { version, commit, made: at, by, runsIn, ...again };
    }),
  );
}

/** Whether all images of a lock are there. */
async function whetherAgain(
  text: string,
  version: string,
  variables: Record<string, string | undefined>,
): Promise<Pick<ReleaseFact, "lacks" | "unknown">> {
  try {
    const doubtful = await doubtfulImages(parseLock(text, `release ${version}`), variables);
    const missing = doubtful.filter(({ isMissing }) => isMissing);
    const others = doubtful.filter(({ isMissing }) => !isMissing);
    return {
      lacks: missing.map(({ name, reason }) => `image of ${name} ${reason}`).join("; "),
      unknown: [...new Set(others.map(({ reason }) => reason))].join("; "),
    };
  } catch (error) {
    return { lacks: (error as Error).message, unknown: "" };
  }
}
