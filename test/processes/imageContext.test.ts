import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../stacks/settings.ts";
import { configure, isolateSettings, required } from "../unit/isolatedSettings.ts";

isolateSettings();

/** What the tag of an image tells of changes: a hash of 40 digits, or nothing. */
const hash: unknown = expect.stringMatching(/^[0-9a-f]{40}$/);

describe("changes that the commit lacks", () => {
  it("are files that git ignores, too, where the image gets them", () => {
    configure(required);
    const dirty = () => readSettings().dirty("app");
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args]);
    git("init", "--quiet");
    mkdirSync("app/modules/own", { recursive: true });
    writeFileSync(".gitignore", "modules\n*.env\n");
    writeFileSync("app/.dockerignore", "modules\n*.env\n");
    git("add", "--all");
    git("commit", "--quiet", "--message", "a");
    writeFileSync("app/modules/own/index.js", "");
    writeFileSync("app/ '*.env", "");
    writeFileSync("outside.env", "");
    expect(dirty()).toBeUndefined();
    const hashes = ["modules/*.json", "*.env", "modules\n*.env\n!?'*"].map((rules) => {
      writeFileSync("app/.dockerignore", rules);
      git("commit", "--quiet", "--all", "--message", rules);
      return dirty();
    });
    expect(hashes).toEqual([hash, hash, hash]);
    const before = dirty();
    writeFileSync("app/ '*.env", "changed");
    expect(dirty()).not.toBe(before);
  });

  it("are files in a submodule that git ignores there, and links", () => {
    configure(required);
    const dirty = () => readSettings().dirty("sub/app");
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        env: {
          ...process.env,
          GIT_CONFIG_COUNT: "1",
          GIT_CONFIG_KEY_0: "protocol.file.allow",
          GIT_CONFIG_VALUE_0: "always",
        },
      });
    mkdirSync("origin/app", { recursive: true });
    git("init", "--quiet", "origin");
    writeFileSync("origin/.gitignore", "dist\n");
    writeFileSync("origin/app/Dockerfile", "");
    git("-C", "origin", "add", "--all");
    git("-C", "origin", "commit", "--quiet", "--message", "a");
    git("init", "--quiet", "whole");
    git("-C", "whole", "submodule", "--quiet", "add", "../origin", "sub");
    git("-C", "whole", "commit", "--quiet", "--message", "a");
    process.chdir("whole");
    expect(dirty()).toBeUndefined();
    mkdirSync("sub/app/dist");
    writeFileSync("sub/app/dist/code", "1");
    const before = dirty();
    symlinkSync("/nowhere", "sub/app/dist/link");
    expect([before, dirty()]).toEqual([hash, hash]);
    expect(dirty()).not.toBe(before);
    expect(readSettings().dirty(".")).toEqual(hash);
    writeFileSync(".dockerignore", "sub/app/dist\n");
    git("add", ".dockerignore");
    git("commit", "--quiet", "--message", "b");
    expect(readSettings().dirty(".")).toBeUndefined();
  });

  it("are those of a repository in a folder that git ignores, where the image gets it", () => {
    configure(required);
    const dirty = () => readSettings().dirty("app");
    execFileSync("git", ["init", "--quiet"]);
    writeFileSync(".git/info/exclude", "vendor\n");
    mkdirSync("app/vendor", { recursive: true });
    execFileSync("git", ["init", "--quiet", "app/vendor"]);
    writeFileSync("app/vendor/code", "1");
    const before = dirty();
    writeFileSync("app/vendor/code", "2");
    expect([before, dirty()]).toEqual([hash, hash]);
    expect(dirty()).not.toBe(before);
  });
});
