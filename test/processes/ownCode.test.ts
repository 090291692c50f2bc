import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkedOut, uncommittedChanges } from "../../foundation/checkout.ts";
import { requireCodeOf, whyForeign } from "../../foundation/ownCode.ts";
import "../unit/seed.ts";

const project = "shop/deals";
const started = process.cwd();
let folder: string;
let home: string;

const path = (...names: string[]) => join(folder, ...names);

function git(where: string, ...args: string[]): string {
  const settings = [
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@example.com",
    "-c",
    "protocol.file.allow=always",
  ];
  return execFileSync("git", ["-C", where, ...settings, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}

function write(file: string, text = file): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function commitAll(where: string, message: string): string {
  git(where, "add", "--all");
  git(where, "commit", "--quiet", "--message", message);
  return git(where, "rev-parse", "HEAD");
}

/** A repository with one commit. */
function repository(name: string, ...files: string[]): string {
  const where = path(name);
  mkdirSync(where);
  git(where, "init", "--quiet", "--template=", "--initial-branch=main");
  for (const file of ["code", ...files]) write(join(where, file), `${name}/${file}`);
  commitAll(where, name);
  return where;
}

const head = (where: string) => git(where, "rev-parse", "HEAD");
const check = (commit: string, where: string) => () => {
  requireCodeOf({ commit, project }, where);
};

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "own-code-")));
  vi.stubEnv("GIT_CEILING_DIRECTORIES", folder);
  home = repository("home", "example/Dockerfile");
});

afterEach(() => {
  vi.unstubAllEnvs();
  process.chdir(started);
  rmSync(folder, { recursive: true });
});

describe("the code that is deployed", () => {
  it("is that of the commit that is checked out, in full or abbreviated", () => {
    const commit = head(home);
    fc.assert(
      fc.property(fc.integer({ min: 7, max: commit.length }), (length) => {
        check(commit.slice(0, length), home)();
      }),
      { numRuns: 20 },
    );
  });

  it("is that of no other commit, wherever that may be", () => {
    const commit = head(home);
    const digits = fc.array(fc.constantFrom(..."0123456789abcdef".split("")), {
      minLength: 7,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        digits.map((all) => all.join("")),
        (other) => {
          fc.pre(!commit.startsWith(other));
          expect(check(other, home)).toThrow(
            `commit ${other.slice(0, 12)} of ${project} is not what is checked out in ${home}, which is at ${commit.slice(0, 12)}: call dynenv in a checkout of ${project} at that commit`,
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is not that of the commit before, nor of the branch that is not checked out", () => {
    const before = head(home);
    write(join(home, "new"));
    commitAll(home, "b");
    expect(check(before, home)).toThrow(/is not what is checked out/);
    expect(check(head(repository("other")), home)).toThrow(/is not what is checked out/);
  });

  /** A merge of a branch, as CI systems test it: the merged result. */
  function merge() {
    git(home, "checkout", "--quiet", "-b", "feature");
    write(join(home, "feature"));
    const source = commitAll(home, "feature");
    git(home, "checkout", "--quiet", "main");
    write(join(home, "main"));
    const target = commitAll(home, "main");
    git(home, "merge", "--quiet", "--no-ff", "--message", "merge", "feature");
    return { source, target, merged: head(home) };
  }

  it("is that of a commit that is merged, in a shallow clone and a worktree, too", () => {
    const { source, target, merged } = merge();
    const shallow = path("shallow");
    git(folder, "clone", "--quiet", "--depth=1", `file://${home}`, shallow);
    git(home, "worktree", "add", "--quiet", "--detach", path("worktree"), "main");
    for (const where of [home, shallow, path("worktree")]) {
      for (const commit of [source, merged]) check(commit, where)();
      // What was merged into has not the code of the other.
      expect(check(target, where)).toThrow(/is not what is checked out/);
      expect(check(git(home, "rev-parse", "main~2"), where)).toThrow(/is not what is checked out/);
    }
  });

  it("is not that of a commit which a replacement names as a parent", () => {
    const { source, merged } = merge();
    const other = head(repository("other"));
    git(home, "fetch", "--quiet", path("other"), "main");
    git(home, "replace", "--graft", merged, other, source);
    expect(check(other, home)).toThrow(/is not what is checked out/);
    check(source, home)();
  });

  it.each([
    [
      "no repository",
      () => {
        rmSync(join(home, ".git"), { recursive: true });
      },
      /is not a git repository: clone it/,
    ],
    [
      "no commit",
      () => {
        git(home, "checkout", "--quiet", "--orphan", "other");
      },
      /has no commit: make one/,
    ],
    [
      "a broken repository",
      () => {
        writeFileSync(join(home, ".git", "HEAD"), "x");
      },
      /not a git repository|no git repository|cannot read/,
    ],
  ] as const)("is nobody's where there is %s", (_what, change, reason) => {
    const commit = head(home);
    change();
    expect(check(commit, home)).toThrow(reason);
  });

  it("is not the host's where a package lies in somebody's repository", () => {
    const installed = join(home, "node_modules", "dynenv");
    write(join(installed, "index.ts"));
    const sentence = `commit ${head(home).slice(0, 12)} of ${project} lacks the folder of the program, ${installed}`;
    expect(check(head(home), installed)).toThrow(sentence);
    write(join(home, ".gitignore"), "node_modules");
    commitAll(home, "b");
    expect(check(head(home), installed)).toThrow(/lacks the folder of the program/);
    expect(check(head(home), join(home, "example"))).not.toThrow();
  });

  it("is known whatever git's hooks say in variables", () => {
    const other = repository("other");
    for (const [name, value] of Object.entries({
      GIT_DIR: join(other, ".git"),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: join(other, ".git", "index"),
      GIT_OBJECT_DIRECTORY: join(other, ".git", "objects"),
      GIT_PREFIX: "example/",
    }))
      vi.stubEnv(name, value);
    expect(checkedOut(home)).toMatchObject({ ref: "main" });
    expect(uncommittedChanges(home)).toBeUndefined();
    const heads = ["home", "other"].map((name) => checkedOut(path(name)).commit);
    expect(new Set(heads).size).toBe(2);
    check(heads[0] ?? "", home)();
    expect(check(heads[1] ?? "", home)).toThrow(/is not what is checked out/);
  });
});

describe("a build's context", () => {
  beforeEach(() => {
    process.chdir(home);
  });

  it("is a folder of the checkout, committed or new, or one of its submodules", () => {
    git(home, "submodule", "--quiet", "add", repository("library"), "vendor/library");
    write(join(home, "new/Dockerfile"));
    for (const context of ["example", join(home, "example"), "new", ".", "vendor/library"])
      expect(whyForeign(context)).toBeUndefined();
  });

  it("is not elsewhere, whatever leads there, and not what git ignores", () => {
    const other = repository("other");
    symlinkSync(other, join(home, "link"));
    repository("home/nested");
    mkdirSync(path("nowhere"));
    for (const context of [other, "../other", "link", "nested", path("nowhere")])
      expect(whyForeign(context), context).toBe(`a folder of the checkout ${home}`);
    write(join(home, ".gitignore"), "dist/");
    write(join(home, "dist/app/Dockerfile"));
    expect(whyForeign("dist/app")).toBe("a folder that git does not ignore");
  });
});

describe("a branch", () => {
  it("is told by its own name, whatever tags and remote branches have it, too", () => {
    const names = ["main", "feature/a", "heads/main", "refs/heads/main", "HEAD-1", "ünïcode"];
    for (const name of names) {
      git(home, "checkout", "--quiet", "-B", name);
      expect(checkedOut(home).ref).toBe(name);
      git(home, "tag", "--force", name);
      git(home, "update-ref", `refs/remotes/origin/${name}`, "HEAD");
      git(home, "update-ref", `refs/remotes/${name}`, "HEAD");
      expect(checkedOut(home).ref).toBe(name);
    }
  });
});

describe("changes that git cannot read", () => {
  it("are refused in one sentence: a repository without a commit within", () => {
    mkdirSync(join(home, "sub"));
    git(join(home, "sub"), "init", "--quiet", "--template=");
    write(join(home, "sub/new"));
    expect(() => uncommittedChanges(home)).toThrow(
      /^checkout \S+ cannot be read: 'sub\/' does not have a commit checked out; correct what git names$/,
    );
  });

  it("are refused in one sentence: an index that is broken, which is no clean checkout", () => {
    writeFileSync(join(home, ".git", "index"), "broken");
    expect(() => uncommittedChanges(home)).toThrow(
      /^checkout \S+ cannot be read: [^\n]+; correct what git names$/,
    );
  });
});
