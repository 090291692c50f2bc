import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lockText } from "../../foundation/releaseLock.ts";
import { ReleasedStacks, releaseOf } from "../unit/releasedStacks.ts";

it("a version is that of a release also where a file or folder is called like it, and else the file", async () => {
  await using stacks = await ReleasedStacks.make({ production: { kind: "standing", cluster: "none" } });
  await stacks.release(releaseOf("1.0.0", "1"), releaseOf("1.1.0", "2"));
  await mkdir(join(stacks.folder, "1.0.0"));
  await writeFile(join(stacks.folder, "1.1.0"), "mine");
  await writeFile(join(stacks.folder, "saved"), lockText(releaseOf("2.0.0", "3")).replace("2.0.0", "3.0.0"));
  // There is no cluster: that the lock was taken is told by that alone.
  const tried = async (release: string) => {
    const { stderr } = await stacks.dynenv(["up", "--from-lock", release, "--stack", "production"]);
    return stderr;
  };
  const [folder, file, saved] = await Promise.all(["1.0.0", "1.1.0", "saved"].map(tried));
  expect(folder).toContain("no cluster is up or named");
  expect(file).toContain("no cluster is up or named");
  expect(saved).toContain("lock saved was changed since dynenv release made it");
});
