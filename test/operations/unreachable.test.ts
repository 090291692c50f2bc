import { createServer } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lastLine } from "../../foundation/work.ts";
import { expectNothing } from "../faults/invariants.ts";
import { dynenv, shell, uniqueName } from "../integration/shell.ts";

describe.concurrent("a cluster that", () => {
  const changed = async (change: (kubeconfig: string) => string, work: (file: string) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
    const file = join(folder, "config");
    await writeFile(file, change(await readFile(shell.KUBECONFIG ?? "", "utf8")));
    await work(file).finally(() => rm(folder, { recursive: true }));
  };

  const expectUnreachable = async (kubeconfig: string, sentence: RegExp) => {
    const stack = uniqueName("far");
    for (const command of ["up", "down"]) {
      const { exitCode, output } = await dynenv([command, "--stack", stack], { KUBECONFIG: kubeconfig });
      expect(exitCode, output).toBe(3);
      expect(lastLine(output)).toMatch(sentence);
    }
    await expectNothing(stack);
  };

  test("is gone is told", async () => {
    await changed(
      (text) => text.replace(/server: .*/, "server: https://127.0.0.1:59999"),
      (file) => expectUnreachable(file, /out of reach: .*ECONNREFUSED/),
    );
  });

  test("refuses the login is told", async () => {
    await changed(
      (text) => text.replace(/token: .*/, "token: wrong"),
      (file) =>
        expectUnreachable(file, /the cluster answers 401: it does not know the login; give it a new one/),
    );
  });

  test("hangs is told within seconds", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    try {
      await changed(
        (text) => text.replace(/server: .*/, `server: https://127.0.0.1:${String(port)}`),
        (file) => expectUnreachable(file, /no answer from .* within 9 s/),
      );
    } finally {
      server.close();
    }
  });
});
