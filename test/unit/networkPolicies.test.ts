import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testRunner } from "../../components/model/graph.ts";
import { workloadLabels } from "../../components/model/labels.ts";
import { networkPolicies } from "../../components/model/networkPolicies.ts";
import { isAllowed, type Address, type Pod } from "./policyEvaluator.ts";
import { graphs, service } from "./randomServices.ts";
import "./seed.ts";

const environment = { "kubernetes.io/metadata.name": "env-a" };
const otherEnvironment = { "kubernetes.io/metadata.name": "env-b" };
const system = { "kubernetes.io/metadata.name": "kube-system" };

const pod = (name: string): Pod => ({ labels: workloadLabels(name), namespace: environment });
const stranger: Pod = { labels: { app: "stranger" }, namespace: environment };
const dns: Pod = { labels: { "k8s-app": "kube-dns" }, namespace: system };
const nodeLocalDns: Address = { ip: "169.254.20.10" };
const outside: Address = { ip: "203.0.113.7" };

describe("network policies", () => {
  it("allow a connection if and only if the graph has the edge", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const policies = Object.values(networkPolicies(services));
        const ports = services.map(({ containerPort }) => containerPort);
        const pods = [...services.map(({ name }) => name), testRunner];
        const wrong = pods.flatMap((from) => {
          const uses = services.find(({ name }) => name === from)?.uses ?? [];
          return services.flatMap((to) => {
            const isUsed = from === testRunner || uses.includes(to.name);
            return [...ports, 80, 443].filter((port) => {
              const way = { policies, from: pod(from), to: pod(to.name), port };
              const isEdge = isUsed && port === to.containerPort;
              const isTcp = isAllowed({ ...way, protocol: "TCP" });
              return isTcp !== isEdge || isAllowed({ ...way, protocol: "UDP" });
            });
          });
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it("let nobody call the test runner, and no pod without its service's label take part", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const policies = Object.values(networkPolicies(services));
        for (const { name, containerPort: port } of services) {
          const way = { policies, port, protocol: "TCP" };
          expect(isAllowed({ ...way, from: pod(name), to: pod(testRunner) })).toBe(false);
          expect(isAllowed({ ...way, from: stranger, to: pod(name) })).toBe(false);
          expect(isAllowed({ ...way, from: pod(name), to: stranger })).toBe(false);
        }
      }),
    );
  });
});

describe("network policies of a service with the name of a policy", () => {
  it.each(["default-deny", "allow-dns"])("deny as ever when a service is called %s", (name) => {
    const policies = Object.values(networkPolicies([service(name), service("other")]));
    const way = { policies, port: 8080, protocol: "TCP" };
    expect(isAllowed({ ...way, from: outside, to: stranger })).toBe(false);
    expect(isAllowed({ ...way, from: pod(name), to: pod("other") })).toBe(false);
    expect(isAllowed({ ...way, from: pod("other"), to: dns, port: 53 })).toBe(true);
  });
});

describe("network policies at the environment's border", () => {
  it("let no other namespace in, and nothing out to it, whatever its pods are called", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const policies = Object.values(networkPolicies(services));
        const names = [...services.map(({ name }) => name), testRunner];
        for (const { name, containerPort: port } of services) {
          for (const other of names) {
            const foreign = { ...pod(other), namespace: otherEnvironment };
            const way = { policies, port, protocol: "TCP" };
            expect(isAllowed({ ...way, from: foreign, to: pod(name) })).toBe(false);
            expect(
              isAllowed({ ...way, from: pod(other), to: { ...pod(name), namespace: otherEnvironment } }),
            ).toBe(false);
          }
        }
      }),
    );
  });

  it("let every pod look up names, and reach nothing else outside", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const policies = Object.values(networkPolicies(services));
        for (const from of [...services.map(({ name }) => pod(name)), pod(testRunner), stranger]) {
          for (const protocol of ["TCP", "UDP"]) {
            const way = { policies, from, protocol };
            expect(isAllowed({ ...way, to: dns, port: 53 })).toBe(true);
            expect(isAllowed({ ...way, to: nodeLocalDns, port: 53 })).toBe(true);
            expect(isAllowed({ ...way, to: { ...dns, labels: stranger.labels }, port: 53 })).toBe(false);
            expect(isAllowed({ ...way, to: dns, port: 9153 })).toBe(false);
            expect(isAllowed({ ...way, to: outside, port: 53 })).toBe(false);
            expect(isAllowed({ ...way, to: outside, port: 443 })).toBe(false);
            expect(isAllowed({ ...way, to: { ...dns, namespace: otherEnvironment }, port: 53 })).toBe(false);
            expect(isAllowed({ ...way, from: outside, to: from, port: 8080 })).toBe(false);
          }
        }
      }),
    );
  });
});
