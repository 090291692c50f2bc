import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testRunner } from "../../components/model/graph/graph.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { networkPolicies, type Openings } from "../../components/model/objects/networkPolicies.ts";
import type { GatewayPods } from "../../components/model/objects/gateway.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { addressOf, holds, rangeOf } from "./addressRange.ts";
import { isAllowed, type Address, type Pod } from "./policyEvaluator.ts";
import { calledBy, graphs, listening, service } from "./randomServices.ts";
import "./seed.ts";

const inNamespace = (name: string) => ({ "kubernetes.io/metadata.name": name });
const environment = inNamespace("env-a");
const pod = (name: string, namespace = environment): Pod => ({ labels: workloadLabels(name), namespace });

const stranger: Pod = { labels: { app: "stranger" }, namespace: environment };
const dns: Pod = { labels: { "k8s-app": "kube-dns" }, namespace: inNamespace("kube-system") };
const nodeLocalDns: Address = { ip: "169.254.20.10" };
const closed: Openings = { egress: false };

const controllerLabels = { "app.kubernetes.io/name": "ingress", "app.kubernetes.io/component": "controller" };
const controllerPod: Pod = { labels: { ...controllerLabels, extra: "x" }, namespace: inNamespace("ingress") };
const gateway = { domain: "previews.example.com", name: "gateway/previews" };
const openings: fc.Arbitrary<Openings> = fc.record({
  egress: fc.boolean(),
  gateway: fc
    .constantFrom<GatewayPods | undefined>(
      undefined,
      { namespace: "ingress" },
      { namespace: "ingress", labels: controllerLabels },
      { namespace: "elsewhere", labels: controllerLabels },
    )
    .map((pods) => pods && { ...gateway, pods }),
});

const metadata = ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fe80::1"];
const addresses = ["203.0.113.7", "203.0.113.8", "10.1.2.3", "100.64.0.1", "198.51.100.1", "2001:db8::1"];

/** Everything that can take part in a connection. */
interface End {
  end: Pod | Address;
  /** The service of the environment whose pod it is. */
  of?: Service;
  is?: "dns" | "controller" | "test-runner" | "stranger" | "metadata";
}

function endsOf(services: Service[]): { inside: End[]; outside: End[] } {
  const elsewhere = inNamespace("env-b");
  return {
    inside: [
      ...services.map((of) => ({ end: pod(of.name), of })),
      { end: pod(testRunner), is: "test-runner" },
      { end: stranger, is: "stranger" },
    ],
    outside: [
      { end: dns, is: "dns" },
      { end: nodeLocalDns, is: "dns" },
      { end: { ...dns, labels: stranger.labels } },
      { end: { ...dns, namespace: elsewhere } },
      { end: controllerPod, is: "controller" },
      { end: { ...controllerPod, labels: { ...controllerLabels, "app.kubernetes.io/component": "x" } } },
      { end: { ...controllerPod, namespace: elsewhere } },
      { end: pod(testRunner, elsewhere) },
      ...services.slice(0, 2).map(({ name }) => ({ end: pod(name, elsewhere) })),
      ...addresses.map((ip) => ({ end: { ip } })),
      ...metadata.map((ip): End => ({ end: { ip }, is: "metadata" })),
    ],
  };
}

interface Way {
  port: number;
  protocol: string;
}

/** What an environment permits, said in terms of the graph. */
function isPermitted(services: Service[], opened: Openings, from: End, to: End, way: Way): boolean {
  const { port, protocol } = way;
  const isInside = ({ end }: End) => "namespace" in end && end.namespace === environment;
  if (isInside(from) && to.is === "dns" && port === 53) return protocol !== "SCTP";
  const open = to.of === undefined ? [] : listening(to.of);
  if (to.of !== undefined && open.some((one) => one.containerPort === port && one.protocol === protocol)) {
    if (from.is === "test-runner") return true;
    if (from.of !== undefined) return calledBy(from.of, services).includes(to.of.name);
    const isMain = protocol === "TCP" && port === (to.of.containerPort ?? to.of.port);
    return isMain && to.of.exposed === true && isTheController(opened, from);
  }
  if (protocol !== "TCP") return false;
  if (from.of === undefined || isInside(to) || !("ip" in to.end) || to.is !== undefined) return false;
  const address = addressOf(to.end.ip);
  const named = (from.of.egress ?? []).filter((one) => one.port === port);
  return opened.egress && named.some(({ cidr }) => holds(rangeOf(cidr), address));
}

function isTheController({ gateway }: Openings, { end, is }: End): boolean {
  const asked = gateway?.pods;
  if (asked?.namespace !== "ingress" || !("namespace" in end)) return false;
  const isThere = end.namespace["kubernetes.io/metadata.name"] === "ingress";
  return isThere && (asked.labels === undefined || is === "controller");
}

describe("network policies", () => {
  it("allow a connection if and only if the graph, an egress or the controller's opening says so", () => {
    fc.assert(
      fc.property(graphs, openings, (services, opened) => {
        const policies = Object.values(networkPolicies(services, opened));
        const { inside, outside } = endsOf(services);
        const ways = [
          ...inside.flatMap((from) => [...inside, ...outside].map((to) => ({ from, to }))),
          ...outside.flatMap((from) => inside.map((to) => ({ from, to }))),
        ];
        const inUse = services.flatMap(listening).map(({ containerPort }) => containerPort);
        const all = [...new Set([53, 80, 443, ...inUse])].flatMap((port) =>
          ["TCP", "UDP"].map((protocol): Way => ({ port, protocol })),
        );
        const wrong = ways.flatMap(({ from, to }) =>
          [...all, { port: 8080, protocol: "SCTP" }].filter((way) => {
            const allowed = isAllowed({ policies, from: from.end, to: to.end, ...way });
            return allowed !== isPermitted(services, opened, from, to, way);
          }),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("are one for each service beside those for all pods, for look-ups and for the test runner", () => {
    fc.assert(
      fc.property(graphs, openings, (services, opened) => {
        const expected = services.map(({ name }) => `pods-${name}`);
        expect(Object.keys(networkPolicies(services, opened)).sort()).toEqual(
          ["default-deny", "allow-dns", `pods-${testRunner}`, ...expected].sort(),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe("network policies of a service with the name of a policy", () => {
  it.each(["default-deny", "allow-dns"])("deny as ever when a service is called %s", (name) => {
    const policies = Object.values(networkPolicies([service(name), service("other")], closed));
    const way = { policies, port: 8080, protocol: "TCP" };
    expect(isAllowed({ ...way, from: { ip: "203.0.113.7" }, to: stranger })).toBe(false);
    expect(isAllowed({ ...way, from: pod(name), to: pod("other") })).toBe(false);
    expect(isAllowed({ ...way, from: pod("other"), to: dns, port: 53 })).toBe(true);
  });
});

describe("openings of the network policies", () => {
  const web = service("web", { exposed: true, egress: [{ cidr: "203.0.113.0/24", port: 443 }] });
  const hidden = service("hidden");
  const pods = { namespace: "ingress", labels: controllerLabels };
  const shop: Address = { ip: "203.0.113.7" };

  it("let the gateway call an exposed service on the container's port only", () => {
    const policies = Object.values(
      networkPolicies([web, hidden], { egress: false, gateway: { ...gateway, pods } }),
    );
    const way = { policies, from: controllerPod, protocol: "TCP" };
    expect(isAllowed({ ...way, to: pod("web"), port: 8080 })).toBe(true);
    expect(isAllowed({ ...way, to: pod("web"), port: 80 })).toBe(false);
    expect(isAllowed({ ...way, to: pod("hidden"), port: 8080 })).toBe(false);
  });

  it("let only the service that names a destination reach it, and only where that is permitted", () => {
    const way = { to: shop, port: 443, protocol: "TCP" };
    const open = Object.values(networkPolicies([web, hidden], { egress: true }));
    expect(isAllowed({ ...way, policies: open, from: pod("web") })).toBe(true);
    expect(isAllowed({ ...way, policies: open, from: pod("web"), port: 80 })).toBe(false);
    expect(isAllowed({ ...way, policies: open, from: pod("hidden") })).toBe(false);
    expect(isAllowed({ ...way, policies: open, from: pod(testRunner) })).toBe(false);
    const shut = Object.values(networkPolicies([web, hidden], closed));
    expect(isAllowed({ ...way, policies: shut, from: pod("web") })).toBe(false);
  });

  it.each([true, false])("refuse a cloud's metadata, also where no egress is permitted (%j)", (egress) => {
    const thief = service("thief", { egress: [{ cidr: "169.254.169.254/32", port: 80 }] });
    expect(() => networkPolicies([thief], { egress })).toThrow(
      /^egress to 169\.254\.169\.254\/32 is never permitted: /,
    );
  });
});
