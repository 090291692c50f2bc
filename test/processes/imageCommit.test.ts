import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { imageBuild } from "../../stacks/image.ts";
import { asksForCommit, lastChange } from "../../stacks/imageCommit.ts";
import { readSettings } from "../../stacks/settings.ts";
import { configure, isolateSettings, required } from "../unit/isolatedSettings.ts";

isolateSettings();

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
  }).trim();

/** Writes files and commits them. @returns the commit. */
function commit(files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) writeFileSync(path, content);
  git("add", "--all");
  git("commit", "--quiet", "--message", "a");
  return git("rev-parse", "HEAD");
}

describe("a Dockerfile", () => {
  it.each([
    "FROM a\nARG COMMIT\n",
    "FROM a\nARG COMMIT=unknown",
    "ARG BASE=a COMMIT\nFROM $BASE",
    "FROM a AS b\nFROM c\n  arg COMMIT=x OTHER=y\r\n",
    "FROM a\nARG BASE \\\n  # which one\n  COMMIT\n",
    "# escape=`\nFROM a\nARG BASE `\n COMMIT\n",
  ])("asks for the commit: %j", (text) => {
    writeFileSync("Dockerfile", text);
    expect(asksForCommit("Dockerfile")).toBe(true);
  });

  it.each([
    "FROM a\n",
    "FROM a\n# ARG COMMIT\n",
    "FROM a\nENV COMMIT=x\n",
    "FROM a\nARG COMMITTER\nARG LAST_COMMIT\nARG A=COMMIT\n",
    "FROM a\nRUN echo ARG COMMIT\n",
  ])("does not: %j", (text) => {
    writeFileSync("Dockerfile", text);
    expect(asksForCommit("Dockerfile")).toBe(false);
  });
});

describe("an image", () => {
  const source = { context: "api", dockerfile: "ci/api.Dockerfile" };
  const of = (name: string, isApplication: boolean) => {
    configure({ ...required, commit: git("rev-parse", "HEAD") });
    return imageBuild(readSettings(), name, source, isApplication);
  };

  it("is of the last commit that changed what it is built from, unless it tells its commit", () => {
    git("init", "--quiet");
    for (const folder of ["api", "web", "ci"]) mkdirSync(folder);
    const first = commit({ "api/a": "1", "web/a": "1", "ci/api.Dockerfile": "FROM a\n" });
    const second = commit({ "web/a": "2" });
    expect(of("api", false)).toMatchObject({ commit: first, tellsCommit: false });
    expect(of("web", true)).toMatchObject({ commit: second });
    expect(of("web", true)).not.toHaveProperty("tellsCommit");
    const third = commit({ "ci/api.Dockerfile": "FROM b\n" });
    expect(of("api", false).commit).toBe(third);
    commit({ "web/a": "3" });
    expect(of("api", false)).toMatchObject({ commit: third, ref: "main" });
    expect(of("api", false)).not.toHaveProperty("dirty");
    writeFileSync("web/a", "4");
    expect(of("api", false)).toMatchObject({ commit: third, dirty: expect.any(String) as string });
    const last = commit({ "ci/api.Dockerfile": "FROM b\nARG COMMIT\n", "web/a": "5" });
    const asking = commit({ "web/a": "6" });
    expect(asking).not.toBe(last);
    expect(of("api", false).commit).toBe(asking);
  });

  it("is of the commit that is deployed where git does not know another", () => {
    git("init", "--quiet");
    mkdirSync("api");
    mkdirSync("ci");
    const head = commit({ other: "1" });
    writeFileSync("ci/api.Dockerfile", "FROM a\n");
    expect(lastChange(source)).toBeUndefined();
    expect(of("api", false)).toMatchObject({ commit: head, tellsCommit: false });
  });

  it("is of what a link leads to, and of names that git takes for patterns", () => {
    git("init", "--quiet");
    mkdirSync("real");
    mkdirSync(":(x)*");
    const first = commit({ "real/Dockerfile": "FROM a\n", ":(x)*/Dockerfile": "FROM a\n" });
    symlinkSync("real", "link");
    commit({ other: "1" });
    const linked = { context: "link", dockerfile: "link/Dockerfile" };
    expect(lastChange(linked)).toBe(first);
    const odd = { context: ":(x)*", dockerfile: ":(x)*/Dockerfile" };
    expect(lastChange(odd)).toBe(first);
    const second = commit({ "real/Dockerfile": "FROM b\n" });
    expect([lastChange(linked), lastChange(odd)]).toEqual([second, first]);
  });

  it("is of the oldest commit that a shallow clone has, at most", () => {
    git("init", "--quiet", "whole");
    process.chdir("whole");
    mkdirSync("api");
    commit({ "api/Dockerfile": "FROM a\n" });
    const last = commit({ other: "1" });
    process.chdir("..");
    git("clone", "--quiet", "--depth", "1", `file://${process.cwd()}/whole`, "shallow");
    process.chdir("shallow");
    expect(lastChange({ context: "api", dockerfile: "api/Dockerfile" })).toBe(last);
  });
});
