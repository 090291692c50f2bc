import { parseLock, type ReleaseLock } from "../../foundation/releaseLock.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { gitIn } from "./gitCommand.ts";
import { lockTextOf, StableBranch } from "./stableBranch.ts";

/**
 * The release that the branch `stable` names as what a stack runs, or ran before something that is none: what that one did to
 * the data is still so. Nothing where there is none since the environment was made.
 */
export async function deployedRelease(stack: string, signal: AbortSignal): Promise<ReleaseLock | undefined> {
  const branch = await StableBranch.open(gitIn(programFolder(), signal));
  const version = lastVersion(await branch.history(), stack);
  if (version === undefined) return undefined;
  return parseLock(await lockTextOf(branch, version), `release ${version}`);
}

/** Version of the last release that a stack ran since it was made. @param history trailers, the newest first. */
export function lastVersion(history: Record<string, string>[], stack: string): string | undefined {
  const own = history.filter(({ Environment: environment }) => environment === stack);
  // A removal names no commit.
  return own.find(
    ({ Release: version, "Source-commit": commit }) => version !== undefined || commit === undefined,
  )?.Release;
}
