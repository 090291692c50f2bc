// A standing environment whose cluster goes out of reach in the middle of an update, behind a proxy that the test ends.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { expectSameObjects } from "../faults/invariants.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { adminKubeconfig, dynenv, kubectl, remains, uniqueName } from "../integration/shell.ts";

const stack = uniqueName("lost");
const named = ["--stack", stack];
let settings: string[] = [];
let endNode = () => Promise.resolve();
let folder = "";
let kubeconfig = "";
let target: { host: string; port: number };
let proxy: Server | undefined;
let port = 0;
const sockets = new Set<Socket>();

/** Listens at the same port again each time: the cluster's name has its address in it. */
async function opened(): Promise<void> {
  proxy = createServer((socket) => {
    const other = connect(target.port, target.host);
    for (const [one, peer] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => peer.destroy());
      one.on("close", () => sockets.delete(one));
      one.pipe(peer);
    }
  });
  await new Promise<void>((resolve) => proxy?.listen(port, "127.0.0.1", resolve));
  ({ port } = proxy.address() as AddressInfo);
}

function closed(): void {
  proxy?.close();
  for (const socket of sockets) socket.destroy();
}

beforeAll(async () => {
  ({ settings, end: endNode } = await simulatedSettings());
  folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  kubeconfig = join(folder, "config");
  const text = await readFile(adminKubeconfig, "utf8");
  const [, host = "", own = ""] = /https:\/\/([^:/\s]+):(\d+)/.exec(text) ?? [];
  target = { host, port: Number(own) };
  await opened();
  const server = `https://127.0.0.1:${String(port)}`;
  await writeFile(kubeconfig, text.replace(`https://${host}:${own}`, server));
});

afterAll(async () => {
  await dynenv(["down", ...named, "--yes-remove", stack], { KUBECONFIG: kubeconfig, KUBE_CONTEXT: "" });
  closed();
  await rm(folder, { recursive: true });
  await rm(join(projectRoot, `Pulumi.${stack}.yaml`), { force: true });
  await endNode();
  expect(await remains()).toEqual([]);
});

test("an update that loses its cluster says so, keeps its state, and one more run ends it", async () => {
  const up = (cluster: string, ...more: string[]) =>
    dynenv(
      [
        ...["up", ...named, ...settings, "--config", "kind=standing", `cluster=${cluster}`],
        ...["sharedWithPreviews=previews may read its secrets", ...more],
      ],
      { KUBECONFIG: kubeconfig, KUBE_CONTEXT: "" },
    );
  const elsewhere = await up("elsewhere");
  expect(elsewhere.exitCode, elsewhere.output).toBe(2);
  const [, cluster = ""] = /but the kubeconfig leads to (\S+):/.exec(elsewhere.output) ?? [];
  const cutOff = up(cluster);
  const early = cutOff.then(({ output }) => Promise.reject(new Error(output)));
  const begun = vi.waitFor(
    async () => {
      expect(await kubectl("get", "serviceaccounts", "-n", `env-${stack}`, "-o", "name")).not.toBe("");
    },
    { timeout: 60_000, interval: 100 },
  );
  await Promise.race([begun, early]);
  // It has to end, and that is looked at.
  early.catch(() => undefined);
  closed();
  const lost = await cutOff;
  expect(lost.exitCode, lost.output).toBe(3);
  expect(lastLine(lost.output)).toMatch(
    /^dynenv: .*ECONNREFUSED.*; what was done until then is in the state of stack lost-\w+: run `dynenv up` again/,
  );
  await opened();
  const uid = () => kubectl("get", "namespace", `env-${stack}`, "-o", "jsonpath={.metadata.uid}");
  const before = await uid();
  const again = await up(cluster);
  expect(again.exitCode, again.output).toBe(0);
  expect(await uid()).toBe(before);
  await expectSameObjects(stack);
}, 300_000);
