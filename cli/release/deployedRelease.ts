import { parseLock, type ReleaseLock } from "../../foundation/releaseLock.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { gitIn } from "./gitCommand.ts";
import { lockTextOf, StableBranch } from "./stableBranch.ts";

/** The release that the branch `stable` names as what a stack runs; nothing where it names none. */
export async function deployedRelease(stack: string, signal: AbortSignal): Promise<ReleaseLock | undefined> {
  const branch = await StableBranch.open(gitIn(programFolder(), signal));
  const { Release: version } = (await branch.lastAbout("Environment", stack)) ?? {};
  if (version === undefined) return undefined;
  return parseLock(await lockTextOf(branch, version), `release ${version}`);
}
