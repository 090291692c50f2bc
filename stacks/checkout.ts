import { execFileSync } from "node:child_process";

/** Branch and commit that are checked out in `folder`; empty where git knows none. */
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
