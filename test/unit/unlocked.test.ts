import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pulumi } from "../../cli/pulumi/pulumi.ts";
import { unlocked } from "../../cli/pulumi/unlocked.ts";
import { readCaptured } from "../pulumiWords/captured.ts";

/** A Pulumi whose first destroy meets a lock, and which then begins whatever it is asked to do. */
const script = (folder: string) => `#!/bin/sh
if [ "$1" = destroy ] && [ ! -e "${folder}/met" ]; then touch "${folder}/met"; cat "${folder}/locked" >&2; exit 255; fi
echo '{"sequence":0,"timestamp":0,"preludeEvent":{"config":{}}}'
[ "$1" != refresh ]
`;

it("work that had to wait begins once it was asked whether it is still due, not before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "unlocked-"));
  try {
    await writeFile(join(folder, "locked"), `${readCaptured("locked").stderr.join("\n")}\n`);
    await writeFile(join(folder, "pulumi"), script(folder));
    await chmod(join(folder, "pulumi"), 0o755);
    const happened: string[] = [];
    const run = {
      env: { PATH: `${folder}:${process.env.PATH ?? ""}` },
      ...{ progress: () => undefined, signal: new AbortController().signal },
      begun: () => void happened.push("begun"),
    };
    const work = () => pulumi(["destroy"], run);
    await unlocked("words", run, work, () => Promise.resolve(void happened.push("asked")));
    expect(happened).toEqual(["asked", "begun"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
