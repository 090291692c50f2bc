// A second embedded cluster beside that of the tests: each has a gateway of its own, for hosts of the same domain.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkedOut } from "../../foundation/checkout.ts";
import type { EmbeddedCluster } from "../../local/cluster.ts";
import { dynenv, remains, shell, uniqueName } from "../integration/shell.ts";
import { gateway, page, plainDoor, secureDoor, type Door } from "../integration/testGateway.ts";
import { clusterOf, newUser, oddFolder, tried, type Trial } from "./newUser.ts";
import { checkOut, type Checkout } from "./pipelineCheckout.ts";

// The same in both, and so the hosts are.
const stack = uniqueName("twin");
const host = `env-${stack}.${gateway.domain}`;
let folder = "";
let env: Record<string, string> = {};
let checkout: Checkout;
/** How this machine reaches the second cluster's gateway. */
let second: { plain: Door; secure: Required<Door> };

const beside = (...args: string[]): Promise<Trial> => tried("cli/dynenv", args, env, checkout.folder);

beforeAll(async () => {
  folder = await oddFolder();
  env = newUser(folder);
  checkout = await checkOut(join(folder, "twin"), "feature/second");
  const cluster = await beside("cluster", "up");
  expect(cluster.exitCode, cluster.output).toBe(0);
  const [first, other] = await Promise.all([
    dynenv(["up", "--stack", stack]),
    beside("up", "--stack", stack),
  ]);
  expect(first.exitCode, first.output).toBe(0);
  expect(other.exitCode, other.output).toBe(0);
  second = await doors();
  expect(other.output).toContain(`deals answers at http://${host}:${String(second.plain.port)}\n`);
}, 400_000);

afterAll(async () => {
  try {
    await beside("cluster", "down");
  } finally {
    await rm(folder, { recursive: true, force: true });
    await dynenv(["down", "--stack", stack]);
  }
  expect(await remains()).toEqual([]);
}, 180_000);

async function doors(): Promise<typeof second> {
  const { run } = await clusterOf(folder);
  const facts = await readFile(join(run, "cluster.json"), "utf8");
  const {
    domain = "",
    secureDomain = "",
    authority = "",
  } = (JSON.parse(facts) as EmbeddedCluster).gateway ?? {};
  const portOf = (text: string) => Number(text.split(":")[1]);
  const ca = await readFile(authority, "utf8");
  return { plain: { port: portOf(domain) }, secure: { port: portOf(secureDomain), ca } };
}

async function commitBehind(door: Door): Promise<unknown> {
  const { status, body } = await page(host, "/version", door);
  expect(status, body).toBe(200);
  return (JSON.parse(body) as { commit: string }).commit;
}

test("each cluster's port leads to its own environment, though both have the host", async () => {
  const own = shell.DYNENV_COMMIT ?? checkedOut().commit;
  expect(own).not.toBe(checkout.commit);
  for (const door of [plainDoor, await secureDoor()]) expect(await commitBehind(door)).toBe(own);
  for (const door of [second.plain, second.secure]) expect(await commitBehind(door)).toBe(checkout.commit);
});

test("who trusts the one's certificate does not trust the other's", async () => {
  const { ca } = await secureDoor();
  await expect(page(host, "/version", { ...second.secure, ca })).rejects.toThrow(/certificate/);
});

test("the end of the one takes its ports, and leaves the other's", async () => {
  const down = await beside("cluster", "down");
  expect(down.exitCode, down.output).toBe(0);
  for (const door of [second.plain, second.secure])
    await expect(page(host, "/version", door)).rejects.toThrow(/ECONNREFUSED/);
  expect(await commitBehind(plainDoor)).toBe(shell.DYNENV_COMMIT ?? checkedOut().commit);
}, 60_000);
