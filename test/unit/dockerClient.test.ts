import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseClient } from "../../local/plugins/dockerClient.ts";

let folder: string;

/** A docker command of that version, in a folder of its own. */
function install(name: string, version: string, hasBuildx: boolean): string {
  mkdirSync(join(folder, name));
  const file = join(folder, name, "docker");
  const buildx = hasBuildx ? "exit 0" : "exit 1";
  writeFileSync(
    file,
    `#!/bin/sh\nif [ "$1" = buildx ]; then ${buildx}; fi\necho "Docker version ${version}, build 1"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

const choose = (wanted?: string) =>
  chooseClient({ PATH: [`${folder}/first`, `${folder}/second`].join(":"), DOCKER_BUILDKIT: wanted });

describe("the docker command that builds", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docker-client-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is the first that speaks BuildKit", async () => {
    const first = install("first", "28.2.2", false);
    expect((await choose()).file).toBe(first);
    expect((await choose()).legacy).toContain("buildx");
    const second = install("second", "20.10.24+dfsg1", false);
    expect(await choose()).toEqual({ file: second });
  });

  it("is the first where this has buildx", async () => {
    const first = install("first", "28.2.2", true);
    install("second", "20.10.24+dfsg1", false);
    expect(await choose("1")).toEqual({ file: first });
    expect(await choose("0")).toEqual({
      file: first,
      legacy: expect.stringContaining("unset it") as unknown,
    });
  });

  it("is missed in a sentence", async () => {
    await expect(choose()).rejects.toThrow(/^docker was not found on PATH/);
    install("first", "28.2.2", false);
    await expect(choose("1")).rejects.toThrow(
      /^DOCKER_BUILDKIT=1 asks for BuildKit, .* by its plugin buildx/,
    );
  });
});
