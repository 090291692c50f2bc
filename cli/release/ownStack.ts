import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { stableBranch, type StableBranch } from "./stableBranch.ts";

/**
 * Several projects of one repository share its branch `stable`.
 * @throws where a stack of this name is another one's there: each would tell of the other's environment.
 */
export async function requireOwnStack(branch: StableBranch, stack: string, project: string): Promise<void> {
  const { Project: other, "Source-commit": commit } = (await branch.lastAbout("Environment", stack)) ?? {};
  // What is gone is nobody's, and older commits do not say whose it is.
  if (commit === undefined || other === undefined || other === project) return;
  throw new Failure(
    "broken",
    `stack ${stack} on the branch ${stableBranch} is of the project ${shown(other)}, but this is ${shown(project)}: give the stack of one of them another name`,
  );
}
