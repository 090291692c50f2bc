import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "#bundled/kubernetes";
import { afterEach, expect, it } from "vitest";
import { listNamespaces, lookAt, readNamespaces } from "../../cli/fleet/namespaces.ts";

const date = "Tue, 10 Mar 2026 12:00:00 GMT";
let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** A client of an API server that answers so; what it was asked is noted. */
async function clientOf(
  answers: object[],
  status: number | ((path: string) => number) = 200,
): Promise<{ config: KubeConfig; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  server = createServer((request, response) => {
    const answer = answers[asked.push(request) - 1];
    const code = typeof status === "number" ? status : status(request.url ?? "");
    response.writeHead(code, { date, "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  config.loadFromClusterAndUser({ name: "c", server: url, skipTLSVerify: true }, { name: "u" });
  return { config, asked };
}

const item = (name: string) => ({
  metadata: {
    ...{ name, uid: `uid-of-${name}`, creationTimestamp: "2026-03-10T11:00:00Z" },
    labels: { "app.kubernetes.io/part-of": "dynenv" },
    annotations: { "dynenv/stack": name, other: "x" },
  },
});

it("namespaces come page by page, also where on one of them nothing is ours", async () => {
  const { config, asked } = await clientOf([
    { metadata: { continue: "two" }, items: [item("a"), item("b")] },
    { metadata: { continue: "three" }, items: null },
    { metadata: {}, items: [item("c")] },
  ]);
  const { value, now } = await listNamespaces(config);
  const created = new Date("2026-03-10T11:00:00Z");
  expect(value[0]).toEqual({
    ...{ name: "a", uid: "uid-of-a", created, marked: created },
    ...{ isOurs: true, isTerminating: false, marks: { stack: "a" } },
  });
  expect(value.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(now).toEqual(new Date(date));
  const queries = asked.map(({ url = "" }) => Object.fromEntries(new URLSearchParams(url.split("?")[1])));
  const page = { labelSelector: "app.kubernetes.io/part-of=dynenv", limit: "500" };
  expect(queries).toEqual([page, { ...page, continue: "two" }, { ...page, continue: "three" }]);
  for (const { headers } of asked) expect(headers.accept).toMatch(/as=PartialObjectMetadataList;/);
});

it("there may be none at all", async () => {
  const { config } = await clientOf([{ metadata: {}, items: null }]);
  expect((await listNamespaces(config)).value).toEqual([]);
});

it("one that is not there is told with the time all the same", async () => {
  const { config } = await clientOf([{ kind: "Status", code: 404 }], 404);
  expect(await lookAt(config, "env-s")).toEqual({ value: undefined, now: new Date(date) });
});

it("one that says that it is somebody else's is not ours", async () => {
  const { metadata } = item("a");
  const labels = { "app.kubernetes.io/part-of": "somebody" };
  const { config } = await clientOf([{ metadata: { ...metadata, labels } }]);
  expect((await lookAt(config, "a")).value).toMatchObject({ name: "a", isOurs: false });
});

it("one that may not be read is an error", async () => {
  const { config } = await clientOf([{ kind: "Status", code: 403 }], 403);
  await expect(lookAt(config, "env-s")).rejects.toMatchObject({ code: 403 });
});

it("those that a login may read are told, by name, with those that it may not", async () => {
  const statusOf = (path: string) => (path.endsWith("/env-a") ? 200 : path.endsWith("/env-gone") ? 404 : 403);
  const { config, asked } = await clientOf([item("env-a"), item("env-a"), item("env-a")], statusOf);
  const { value, now, unseen } = await readNamespaces(config, ["env-a", "env-b", "env-gone", "env-a"]);
  expect(value.map(({ name }) => name)).toEqual(["env-a"]);
  expect(unseen).toEqual(["env-b"]);
  expect(now).toEqual(new Date(date));
  expect(asked).toHaveLength(3);
});

it("a cluster that fails is not one that hides something", async () => {
  const { config } = await clientOf([{ kind: "Status", code: 500 }], 500);
  await expect(readNamespaces(config, ["env-a"])).rejects.toThrow();
});
