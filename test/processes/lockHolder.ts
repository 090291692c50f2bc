// Takes the lock `name` below `folder` again and again, and says "overlap" when another process holds it, too.
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exclusively } from "../../foundation/lock.ts";

const [, , folder = "", name = "", rounds = "1", holdMs = "0"] = process.argv;
const mine = join(folder, `holder-${String(process.pid)}`);
const marker = join(folder, "inside");
writeFileSync(mine, String(process.pid));
const work = {
  progress: (line: string) => process.stdout.write(`${line}\n`),
  signal: new AbortController().signal,
};

/** A process that was killed gives its files back first, its lock among them, and is still there for a moment after. */
function isAlive(pid: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).length > 0;
  } catch {
    return false;
  }
}

for (let round = 0; round < Number(rounds); round++) {
  await exclusively(
    name,
    "another holder is inside",
    work,
    async () => {
      try {
        linkSync(mine, marker);
      } catch {
        // Left by a holder that was killed, unless it lives.
        if (isAlive(readFileSync(marker, "utf8"))) process.stdout.write("overlap\n");
        rmSync(marker);
        linkSync(mine, marker);
      }
      if (round === 0) process.stdout.write("inside\n");
      await sleep(Number(holdMs));
      rmSync(marker);
    },
    { folder, waitAtMostMs: 60_000 },
  );
}
