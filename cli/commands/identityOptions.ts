import { Option, type Command } from "commander";
import { scopes, type Scope } from "../environment/identity.ts";

/** What says which environment is meant. */
export interface IdentityOptions {
  stack?: string;
  ref?: string;
  commit?: string;
  scope?: Scope;
}

export function identityOptions(command: Command): Command {
  return command
    .option("--ref <name>", "branch or tag (default: what CI says, else what is checked out)")
    .option("--commit <sha>", "commit (default: what CI says, else what is checked out)")
    .addOption(
      new Option(
        "--scope <what>",
        "one environment for each commit, run or branch (default: commit)",
      ).choices(scopes),
    )
    .option("--stack <name>", "name of the stack itself, in place of the one that follows from these");
}
