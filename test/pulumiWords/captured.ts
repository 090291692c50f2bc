import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../foundation/folders.ts";

/** What the Pulumi CLI printed, line by line, and how it ended. */
export interface Captured {
  exitCode: number;
  stdout: string[];
  stderr: string[];
}

const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

/** The version of Pulumi with which the tests run. */
export const version = dependencies["@pulumi/pulumi"] ?? "";

/** The file of what was printed in one case. */
export function captured(what: string): string {
  return join(projectRoot, "test", "pulumiWords", `${what}.json`);
}

export function readCaptured(what: string): Captured & { version: string } {
  return JSON.parse(readFileSync(captured(what), "utf8")) as Captured & { version: string };
}
