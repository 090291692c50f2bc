import { execFileSync } from "node:child_process";

/** Branch (`HEAD` where none is checked out) and commit in `folder`; both empty where there is no repository. */
export function checkedOut(folder = "."): { ref: string; commit: string } {
  return { ref: git(folder, "rev-parse", "--abbrev-ref", "HEAD"), commit: git(folder, "rev-parse", "HEAD") };
}

function git(folder: string, ...args: string[]): string {
  try {
    return execFileSync("git", ["-C", folder, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
