import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ConnectionProbe } from "../integration/connectionProbe.ts";
import { create } from "../integration/pods.ts";
import { kubectl, uniqueName } from "../integration/shell.ts";
import { inNetwork, makeNamespace, nodeProcess, processOf, startPods } from "./sandbox.ts";

const [own, foreign] = [uniqueName("own"), uniqueName("foreign")];
const port = 4000;
/** What a pod tries to reach. */
const targets = ["neighbour", "stranger", "API server", "kubelet"] as const;
const ports = { neighbour: port, stranger: port, "API server": 6443, kubelet: 10250 };

const denyAll = (namespace: string) => ({
  ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny", namespace } },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
});

let node = 0;
/** Processes in the networks of pods. */
let pods: Record<"attacker" | "neighbour" | "stranger", number>;
const probes: ConnectionProbe[] = [];

beforeAll(async () => {
  node = await nodeProcess("kubelet");
  await Promise.all([makeNamespace(own), makeNamespace(foreign)]);
  await Promise.all([startPods(own, ["attacker", "neighbour"]), startPods(foreign, ["stranger"])]);
  const [attacker, neighbour, stranger] = await Promise.all([
    processOf(own, "attacker"),
    processOf(own, "neighbour"),
    processOf(foreign, "stranger"),
  ]);
  pods = { attacker, neighbour, stranger };
  for (const [namespace, name] of [
    [own, "attacker"],
    [own, "neighbour"],
    [foreign, "stranger"],
  ] as const)
    probes.push(await ConnectionProbe.start(namespace, `pod/${name}`, [port]));
});

afterAll(async () => {
  await Promise.all(probes.map((probe) => probe.end()));
  await kubectl("delete", "namespace", own, foreign);
});

/** Which targets the attacker's connections reach. */
async function reached(addresses: Record<(typeof targets)[number], string>): Promise<string[]> {
  const attempts = targets.map((target) => ({ host: addresses[target], port: ports[target] }));
  const results = (await probes[0]?.attempt(attempts)) ?? [];
  return targets.filter((_target, index) => results[index] === "open");
}

describe("by IPv6, which no policy covers", () => {
  const everything = [...targets, "pod from the node"];

  test("nothing is reached", async () => {
    expect(await reachedByIpv6()).toEqual([]);
  });

  test("nothing is reached from pods that got IPv6, because of the bridge", async () => {
    await setPodsIpv6(true);
    expect(await reachedByIpv6()).toEqual([]);
  });

  test("everything is reached where the bridge passes it on, too", async () => {
    await setBridge("ACCEPT");
    expect(await reachedByIpv6()).toEqual(everything);
  });

  test("nothing is reached by a bridge that passes it on, because pods have no IPv6", async () => {
    await setPodsIpv6(false);
    expect(await reachedByIpv6()).toEqual([]);
    await setBridge("DROP");
  });

  afterAll(async () => {
    await setPodsIpv6(false);
    await setBridge("DROP");
  });
});

describe("by IPv4", () => {
  /** Something on one of the ports that Services of type NodePort get, which policies must not make an exception for. */
  const onNodePort = `
    const server = require("node:net").createServer((socket) => socket.end());
    server.listen(30001, "0.0.0.0", () => console.log("listens"));
    setTimeout(() => process.exit(), 120_000);`;

  const reachedByIpv4 = async () => {
    const address = (namespace: string, name: string) =>
      kubectl("get", "pod", name, "-n", namespace, "-o", "jsonpath={.status.podIP}");
    const column = "jsonpath={.status.addresses[?(@.type=='InternalIP')].address}";
    const ofNode = await kubectl("get", "node", "local", "-o", column);
    const known = await reached({
      ...{ neighbour: await address(own, "neighbour"), stranger: await address(foreign, "stranger") },
      ...{ "API server": ofNode, kubelet: ofNode },
    });
    const [process] = (await probes[0]?.attempt([{ host: ofNode, port: 30_001 }])) ?? [];
    return [...known, ...(process === "open" ? ["a process of the node"] : [])];
  };

  test("policies close what is open without them", async () => {
    const enter = ["--target", String(node), "--net", "--", process.execPath, "--eval", onNodePort];
    const listener = execa("nsenter", enter, { reject: false });
    try {
      expect(await listener[Symbol.asyncIterator]().next()).toMatchObject({ value: "listens" });
      expect(await reachedByIpv4()).toEqual([...targets, "a process of the node"]);
      await create(denyAll(own), denyAll(foreign));
      await expect.poll(reachedByIpv4, { timeout: 40_000 }).toEqual([]);
    } finally {
      listener.kill();
      await listener;
    }
  });
});

async function reachedByIpv6(): Promise<string[]> {
  const [neighbour, stranger] = await Promise.all([linkLocal(pods.neighbour), linkLocal(pods.stranger)]);
  const bridge = (await inNetwork(node, "ip", "-6", "-o", "addr", "show", "dev", "pods", "scope", "link"))
    .split(/\s+/)
    .find((word) => word.startsWith("fe80:"));
  const ofNode = bridge?.split("/")[0] ?? "";
  const onLink = (address: string) => `${address}%eth0`;
  const fromPod = await reached({
    ...{ neighbour: onLink(neighbour), stranger: onLink(stranger) },
    ...{ "API server": onLink(ofNode), kubelet: onLink(ofNode) },
  });
  const program = `
    const socket = require("node:net").connect({ host: "${neighbour}%pods", port: ${String(port)}, timeout: 3000 });
    const end = (text) => { console.log(text); process.exit(); };
    socket.on("connect", () => end("open")).on("timeout", () => end("timeout")).on("error", ({ code }) => end(code));`;
  const fromNode = await inNetwork(node, process.execPath, "--eval", program);
  return [...fromPod, ...(fromNode === "open" ? ["pod from the node"] : [])];
}

/** The address that a pod gives itself when it has IPv6: it derives from that of its link (RFC 4291, appendix A). */
async function linkLocal(pid: number): Promise<string> {
  const [link] = JSON.parse(await inNetwork(pid, "ip", "-j", "link", "show", "eth0")) as {
    address: string;
  }[];
  const [a = 0, ...rest] = (link?.address ?? "").split(":").map((byte) => Number.parseInt(byte, 16));
  const bytes = [a ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `fe80::${hex.replace(/(.{4})(?=.)/g, "$1:")}`;
}

async function setPodsIpv6(isOn: boolean): Promise<void> {
  const settings = `net.ipv6.conf.all.disable_ipv6=${isOn ? "0" : "1"}`;
  for (const pid of Object.values(pods)) {
    await inNetwork(pid, "sysctl", "-qw", settings);
    const address = () => inNetwork(pid, "ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope", "link");
    // A new address is tentative for a second.
    await vi.waitFor(async () => {
      expect(await address()).toMatch(isOn ? /fe80:(?!.*tentative)/ : /^$/);
    }, 10_000);
  }
}

async function setBridge(policy: "ACCEPT" | "DROP"): Promise<void> {
  for (const chain of ["INPUT", "FORWARD", "OUTPUT"]) await inNetwork(node, "ebtables", "-P", chain, policy);
}
