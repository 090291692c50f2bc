import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkedOut, ignoredFiles, uncommittedChanges } from "../../foundation/checkout.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  writeFileSync(path(name), text);
};

function git(...args: string[]): string {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  return execFileSync("git", ["-C", folder, ...author, ...args], { encoding: "utf8" }).trim();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkout-"));
  vi.stubEnv("GIT_CEILING_DIRECTORIES", tmpdir());
  git("init", "--quiet", "--template=", "--initial-branch=feature/a");
  write("kept", "kept");
  write("code", "one");
  write(".gitignore", "ignored\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "a");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Content of every file of the repository itself, by path; the index with the time at which it was written. */
function repository(): Record<string, string> {
  const files = readdirSync(path(".git"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
      return [file, entry.name === "index" ? `${hash} ${String(statSync(file).mtimeMs)}` : hash];
    }),
  );
}

/** What can be changed in a checkout. */
const changes: [string, () => void][] = [
  [
    "a changed file",
    () => {
      write("code", "two");
    },
  ],
  [
    "a changed file that is staged",
    () => {
      write("code", "two");
      git("add", "code");
    },
  ],
  [
    "a new file",
    () => {
      write("new", "new");
    },
  ],
  [
    "a new file in a new folder",
    () => {
      mkdirSync(path("sub"));
      write("sub/new", "new");
    },
  ],
  [
    "a deleted file",
    () => {
      rmSync(path("code"));
    },
  ],
  [
    "a renamed file",
    () => {
      git("mv", "code", "moved");
    },
  ],
  [
    "a file that became a program",
    () => {
      chmodSync(path("code"), 0o755);
    },
  ],
];

describe("uncommitted changes", () => {
  it("are none in a clean checkout", () => {
    expect(uncommittedChanges(folder)).toBeUndefined();
  });

  it("are none where there is no repository", () => {
    rmSync(path(".git"), { recursive: true });
    expect(uncommittedChanges(folder)).toBeUndefined();
  });

  it.each(changes)("are told for %s", (_what, change) => {
    change();
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are not what Pulumi writes for a stack, unless it is in git or in an image", () => {
    mkdirSync(path("environment"));
    write("environment/Pulumi.yaml", "name: shop\n");
    write("environment/Pulumi.kept.yaml", "config: {}\n");
    git("add", ".");
    git("commit", "--quiet", "--message", "b");
    write("environment/Pulumi.main-abc.yaml", "encryptionsalt: a\n");
    expect(uncommittedChanges(folder)).toBeUndefined();
    write("code", "two");
    const changed = uncommittedChanges(folder);
    write("environment/Pulumi.main-abc.yaml", "encryptionsalt: b\n");
    expect(uncommittedChanges(folder)).toBe(changed);
    expect(ignoredFiles(folder, () => false)).toEqual(["environment/Pulumi.main-abc.yaml"]);
    write("code", "one");
    write("environment/Pulumi.kept.yaml", "config: { a: b }\n");
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are told before the first commit", () => {
    rmSync(path(".git"), { recursive: true });
    git("init", "--quiet", "--template=");
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are told for a new file also where the user's settings hide it", () => {
    git("config", "status.showUntrackedFiles", "no");
    write("new", "new");
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are told for a change within the second of the checkout that keeps the file's size", () => {
    const moment = new Date(2026, 0, 1);
    git("config", "core.trustctime", "false");
    utimesSync(path("code"), moment, moment);
    git("update-index", "--refresh");
    utimesSync(path(".git/index"), moment, moment);
    const content = readFileSync(path("code"), "utf8");
    write("code", "#".repeat(content.length));
    utimesSync(path("code"), moment, moment);
    const changed = uncommittedChanges(folder);
    expect(changed).toMatch(/^[0-9a-f]{40}$/);
    expect(changed).not.toBe(git("rev-parse", "HEAD^{tree}"));
  });

  it.each(["--assume-unchanged", "--skip-worktree"])("are told for a file hidden by %s", (flag) => {
    git("update-index", flag, "code");
    expect(uncommittedChanges(folder)).toBeUndefined();
    write("code", "two");
    const hidden = uncommittedChanges(folder);
    git("update-index", flag.replace("--", "--no-"), "code");
    expect(hidden).toBe(uncommittedChanges(folder));
    expect(hidden).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are told for a file that git was told not to look at, and that is gone", () => {
    git("update-index", "--assume-unchanged", "code");
    rmSync(path("code"));
    const hidden = uncommittedChanges(folder);
    git("update-index", "--no-assume-unchanged", "code");
    expect(hidden).toBe(uncommittedChanges(folder));
    expect(hidden).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are told where another commit was put in the place of the one that is checked out", () => {
    const before = git("rev-parse", "HEAD").trim();
    write("code", "two");
    git("commit", "--quiet", "--all", "--message", "other");
    git("replace", before, "HEAD");
    git("reset", "--quiet", "--soft", before);
    expect(checkedOut(folder).commit).toBe(before);
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("are none where a sparse checkout has no file", () => {
    git("update-index", "--skip-worktree", "code");
    rmSync(path("code"));
    expect(uncommittedChanges(folder)).toBeUndefined();
  });

  it("are told for a submodule that git is told to ignore", () => {
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", folder, "part");
    git("config", "-f", ".gitmodules", "submodule.part.ignore", "all");
    git("add", ".gitmodules");
    git("commit", "--quiet", "--message", "b");
    expect(uncommittedChanges(folder)).toBeUndefined();
    write("part/new", "new");
    expect(uncommittedChanges(folder)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("differ for every change", () => {
    const hashes = changes.map(([, change]) => {
      git("reset", "--quiet", "--hard");
      git("clean", "--quiet", "--force", "-d");
      change();
      return uncommittedChanges(folder);
    });
    // The first two are the same change, staged or not.
    expect(new Set(hashes).size).toBe(changes.length - 1);
  });

  it("are the same for the same content, whenever it was written and whether it is staged", () => {
    write("code", "two");
    write("new", "new");
    const hash = uncommittedChanges(folder);
    utimesSync(path("code"), 1, 1);
    git("add", "new");
    expect(uncommittedChanges(folder)).toBe(hash);
    write("new", "newer");
    expect(uncommittedChanges(folder)).not.toBe(hash);
  });

  it("are the whole checkout's, also when they are asked for in a folder within", () => {
    mkdirSync(path("sub"));
    write("sub/new", "new");
    const hash = uncommittedChanges(folder);
    expect(uncommittedChanges(path("sub"))).toBe(hash);
    write("code", "two");
    expect(uncommittedChanges(path("sub"))).not.toBe(hash);
  });

  it("do not count what is ignored", () => {
    write("ignored", "1");
    expect(uncommittedChanges(folder)).toBeUndefined();
    write("new", "new");
    const hash = uncommittedChanges(folder);
    write("ignored", "2");
    expect(uncommittedChanges(folder)).toBe(hash);
  });

  it("are none again once they are committed", () => {
    write("new", "new");
    git("add", ".");
    git("commit", "--quiet", "--message", "b");
    expect(uncommittedChanges(folder)).toBeUndefined();
  });
});

describe("looking for uncommitted changes", () => {
  it("leaves the repository as it is, index and objects included", () => {
    write("code", "two");
    write("new", "new");
    // What git knows of this file is out of date: it would refresh its index by the way.
    utimesSync(path("kept"), 1, 1);
    const before = repository();
    expect(uncommittedChanges(folder)).toBeDefined();
    expect(repository()).toEqual(before);
    expect(git("status", "--porcelain")).toBe("M code\n?? new");
  });

  it("leaves no temporary files behind", () => {
    const empty = path("ignored");
    mkdirSync(empty);
    vi.stubEnv("TMPDIR", empty);
    write("new", "new");
    expect(uncommittedChanges(folder)).toBeDefined();
    expect(readdirSync(empty)).toEqual([]);
  });
});

describe("the checkout", () => {
  it("is told by branch and commit", () => {
    expect(checkedOut(folder)).toEqual({ ref: "feature/a", commit: git("rev-parse", "HEAD") });
  });

  it("is HEAD where no branch is checked out", () => {
    git("checkout", "--quiet", "--detach");
    expect(checkedOut(folder)).toEqual({ ref: "HEAD", commit: git("rev-parse", "HEAD") });
  });

  it("is none where there is no repository", () => {
    rmSync(path(".git"), { recursive: true });
    expect(checkedOut(folder)).toEqual({ ref: "", commit: "" });
  });
});
