import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gitIn } from "../../cli/release/gitCommand.ts";
import { lastVersion } from "../../cli/release/deployedRelease.ts";
import { requireOwnStack } from "../../cli/release/ownStack.ts";
import { filesOf, StableBranch } from "../../cli/release/stableBranch.ts";

let folder = "";
let here = "";
const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com" };
const env = { ...process.env, ...author, GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.com" };
const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
const asked = (cwd = here) => gitIn(cwd, new AbortController().signal);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-branch-"));
  const origin = join(folder, "origin");
  git(folder, "init", "--quiet", "--initial-branch=main", origin);
  git(origin, "commit", "--quiet", "--allow-empty", "-m", "first");
  here = clone("here");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function clone(name: string): string {
  git(folder, "clone", "--quiet", join(folder, "origin"), name);
  const cloned = join(folder, name);
  git(cloned, "config", "user.name", "a");
  git(cloned, "config", "user.email", "a@example.com");
  return cloned;
}

const add = (path: string, text: string | undefined, cwd = here) =>
  StableBranch.add(asked(cwd), { subject: `add ${path}`, trailers: { Release: "1.0.0" } }, () =>
    Promise.resolve({ [path]: text }),
  );

it("adds a commit for each change, and none where nothing changes", async () => {
  expect((await StableBranch.open(asked())).isEmpty).toBe(true);
  await add("releases/1.lock.json", "one\n");
  await add("production/0-namespace.yaml", "two\n");
  await add("production/0-namespace.yaml", "two\n");
  const branch = await StableBranch.open(asked());
  expect(await branch.read("releases/1.lock.json")).toBe("one\n");
  expect(await branch.list("production")).toEqual(["production/0-namespace.yaml"]);
  expect((await branch.history()).length).toBe(2);
  expect(await branch.lastAbout("Release", "1.0.0")).toMatchObject({ By: "a" });
  await add("production/0-namespace.yaml", undefined);
  expect(await (await StableBranch.open(asked())).list("production")).toEqual([]);
  expect(git(here, "status", "--porcelain")).toBe("");
  expect(git(here, "branch", "--list")).toBe("* main");
});

it("keeps what others add at the same time", async () => {
  const others = [here, clone("second"), clone("third")];
  await Promise.all(others.map((cwd, index) => add(`releases/${String(index)}.lock.json`, "x", cwd)));
  const branch = await StableBranch.open(asked());
  expect((await branch.list("releases")).length).toBe(3);
});

it("is read by several at once, after others have added to it", async () => {
  await StableBranch.open(asked());
  await add("a", "1", clone("second"));
  const all = await Promise.all(Array.from({ length: 5 }, () => StableBranch.open(asked())));
  for (const branch of all) expect(await branch.read("a")).toBe("1");
});

it("refuses a branch with a commit of somebody else's, also one that says it is dynenv's", async () => {
  await add("releases/1.lock.json", "one\n");
  git(here, "fetch", "--quiet", "origin", "stable:stable");
  git(here, "checkout", "--quiet", "stable");
  const before = git(here, "log", "-1", "--format=%B");
  git(here, "commit", "--quiet", "--allow-empty", "-m", "mine");
  git(here, "push", "--quiet", "origin", "stable");
  await expect(add("a", "b")).rejects.toThrow(/changed by somebody else: commit [0-9a-f]{12} "mine"/);
  git(here, "reset", "--quiet", "--hard", "HEAD~1");
  execFileSync("sh", ["-c", "echo edited > releases/1.lock.json"], { cwd: here });
  git(here, "commit", "--quiet", "--all", "-m", before);
  git(here, "push", "--quiet", "--force", "origin", "stable");
  await expect(add("a", "b")).rejects.toThrow("changed by somebody else");
});

it("refuses where the checkout's own has commits that the remote lacks, and takes one that is merely behind", async () => {
  await add("a", "1");
  git(here, "fetch", "--quiet", "origin", "stable:stable");
  await add("a", "2");
  expect(await (await StableBranch.open(asked())).read("a")).toBe("2");
  git(here, "branch", "--quiet", "--force", "stable", "main");
  await expect(StableBranch.open(asked())).rejects.toThrow("has parted from that of origin");
});

it("works in a repository without a remote, and tells in one sentence of a remote that is out of reach", async () => {
  git(here, "remote", "remove", "origin");
  await Promise.all([add("a", "1"), add("b", "2")]);
  expect(await (await StableBranch.open(asked())).read("a")).toBe("1");
  expect(await (await StableBranch.open(asked())).read("b")).toBe("2");
  git(here, "remote", "add", "origin", join(folder, "nowhere"));
  await expect(StableBranch.open(asked())).rejects.toThrow(/^git ls-remote: .*nowhere/);
});

const hook = (path: string, text: string) => {
  writeFileSync(join(folder, path), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
};

it("is pushed whatever hooks of the checkout think of it, and says why the other side refuses it", async () => {
  hook("here/.git/hooks/pre-push", "exit 1");
  await add("a", "1");
  hook("origin/.git/hooks/pre-receive", "echo branch stable is protected >&2; exit 1");
  await expect(add("a", "2")).rejects.toThrow(
    /^git push: .* \(pre-receive hook declined: branch stable is protected\)$/,
  );
});

it("is not taken for another branch below its name", async () => {
  git(here, "branch", "stable/other");
  expect((await StableBranch.open(asked())).isEmpty).toBe(true);
});

it("takes files away in a repository whose hashes are longer, too", async () => {
  const long = join(folder, "long");
  git(folder, "init", "--quiet", "--object-format=sha256", long);
  await add("production/a", "1", long);
  await add("production/a", undefined, long);
  expect(await (await StableBranch.open(asked(long))).list("production")).toEqual([]);
});

it("has commits of the program itself where git knows nobody", async () => {
  git(here, "config", "--unset", "user.name");
  git(here, "config", "--unset", "user.email");
  git(here, "config", "user.useConfigOnly", "true");
  const nobodys = { HOME: folder, XDG_CONFIG_HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  const unset = [...Object.keys(env).filter((name) => /^GIT_(AUTHOR|COMMITTER)_/.test(name)), "EMAIL"];
  const none = Object.fromEntries(unset.map((name) => [name, undefined]));
  const asNobody = (args: string[], input?: string, more: Record<string, string> = {}) =>
    gitIn(here, new AbortController().signal)(args, input, { ...(none as object), ...nobodys, ...more });
  const message = { subject: "add", trailers: { Release: "1.0.0" } };
  const branch = await StableBranch.add(asNobody, message, () => Promise.resolve({ a: "1" }));
  expect(await branch.lastAbout("Release", "1.0.0")).toMatchObject({ By: "dynenv" });
});

it("tells of one project's stack of a name alone, until that one is gone", async () => {
  const told = async (trailers: Record<string, string>, text: string | undefined) =>
    StableBranch.add(asked(), { subject: "s", trailers: { Environment: "production", ...trailers } }, () =>
      Promise.resolve({ "production/a": text }),
    );
  const deployed = await told({ Project: "shop/one", "Source-commit": "1" }, "1");
  await requireOwnStack(deployed, "production", "shop/one");
  await expect(requireOwnStack(deployed, "production", "shop/two")).rejects.toThrow(
    'stack production on the branch stable is of the project "shop/one", but this is "shop/two"',
  );
  await requireOwnStack(await told({ Project: "shop/one" }, undefined), "production", "shop/two");
});

it("has no environment's files among its releases", async () => {
  await add("releases/1.0.0.lock.json", "{}");
  expect(await filesOf(await StableBranch.open(asked()), "releases")).toEqual([]);
});

it("knows the last release of a stack since it was made, also below what is none", () => {
  const about = (trailers: Record<string, string>) => ({ Environment: "production", ...trailers });
  const release = about({ Release: "1.1.0", "Source-commit": "1" });
  const none = about({ "Source-commit": "2" });
  expect(lastVersion([none, { Release: "2.0.0" }, release], "production")).toBe("1.1.0");
  expect(lastVersion([none, about({}), release], "production")).toBeUndefined();
  expect(lastVersion([none, release], "staging")).toBeUndefined();
});
