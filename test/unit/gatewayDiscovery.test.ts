import { describe, expect, it } from "vitest";
import {
  addressOf,
  admitsEnvironments,
  podLabelsOf,
  type GatewayObject,
  waysIn,
  withoutPods,
  withoutWay,
} from "../../cli/kubernetes/gatewayDiscovery.ts";
import { ownerLabels } from "../../components/model/objects/labels.ts";

const ours = { namespaces: { from: "Selector", selector: { matchLabels: ownerLabels } } };
const listener = {
  name: "https",
  hostname: "*.previews.example.com",
  port: 8443,
  protocol: "HTTPS",
  allowedRoutes: ours,
};
const gateway = (...listeners: object[]): GatewayObject =>
  ({
    metadata: { name: "previews", namespace: "gateway" },
    spec: { gatewayClassName: "traefik", listeners },
  }) as GatewayObject;
const found = {
  ...{ gateway: "gateway/previews", gatewayClass: "traefik", port: 8443 },
  ...{ domain: "previews.example.com", tls: true },
};

describe("a way in for environments", () => {
  it("is a Gateway that takes all hosts of a domain, by TLS where it can", () => {
    const plain = { ...listener, name: "http", port: 8000, protocol: "HTTP" };
    expect(waysIn([gateway(plain, listener)])).toEqual([found]);
    expect(waysIn([gateway(plain)])).toEqual([{ ...found, port: 8000, tls: false }]);
  });

  it.each([
    ["that takes one host", { ...listener, hostname: "shop.example.com" }],
    ["that takes any host, where no domain is wanted", { ...listener, hostname: undefined }],
    ["over TCP", { ...listener, protocol: "TCP" }],
    ["for its own namespace alone", { ...listener, allowedRoutes: undefined }],
    [
      "for namespaces with another label",
      {
        ...listener,
        allowedRoutes: {
          namespaces: { from: "Selector", selector: { matchLabels: { ...ownerLabels, team: "shop" } } },
        },
      },
    ],
  ])("is no listener %s", (_what, one) => {
    expect(waysIn([gateway(one)])).toEqual([]);
  });

  it("takes the domain that is wanted, with its port", () => {
    const any = { ...listener, hostname: undefined };
    expect(waysIn([gateway(any)], "ci.example.com:8443")).toEqual([
      { ...found, domain: "ci.example.com:8443" },
    ]);
    expect(waysIn([gateway(listener)], "previews.example.com")).toEqual([found]);
    expect(waysIn([gateway(listener)], "a.previews.example.com")).toEqual([
      { ...found, domain: "a.previews.example.com" },
    ]);
    expect(waysIn([gateway(listener)], "example.com")).toEqual([]);
    expect(waysIn([gateway(listener)], "notpreviews.example.com")).toEqual([]);
  });
});

describe("why services get no addresses", () => {
  const label = "app.kubernetes.io/part-of=dynenv";
  const closed = gateway({ ...listener, allowedRoutes: undefined });
  const none = "nothing that is exposed gets an address outside of the cluster, since";
  it.each<[GatewayObject[], string | undefined, string]>([
    [
      [],
      undefined,
      "no Gateway is seen in the cluster: name one by the setting gateway, or a class of Ingresses by ingressClass",
    ],
    [
      [closed],
      undefined,
      `no listener of the Gateway gateway/previews takes all hosts of a domain that it names and admits namespaces with the label ${label}: add one, as docs/addresses.md shows`,
    ],
    [
      [closed, closed],
      "ci.example.com",
      `no listener of any Gateway takes all hosts of ci.example.com and admits namespaces with the label ${label}: add one, as docs/addresses.md shows`,
    ],
  ])("is one sentence: %#", (gateways, wanted, reason) => {
    expect(withoutWay(gateways, wanted)).toBe(`${none} ${reason}`);
  });

  it("is one sentence where a Gateway's pods are not known", () => {
    expect(withoutPods(found)).toBe(
      `${none} which pods the Gateway gateway/previews of the class traefik has is not known: name them by the setting gatewayPods, beside gateway and domain`,
    );
  });
});

describe("a listener admits environments", () => {
  const key = Object.keys(ownerLabels).join();
  const by = (...matchExpressions: object[]) =>
    admitsEnvironments({
      ...listener,
      allowedRoutes: { namespaces: { from: "Selector", selector: { matchExpressions } } },
    } as never);

  it.each([
    [true, { key, operator: "Exists" }],
    [true, { key, operator: "In", values: ["other", "dynenv"] }],
    [true, { key, operator: "NotIn", values: ["other"] }],
    [true, { key: "team", operator: "DoesNotExist" }],
    [true, { key: "team", operator: "NotIn", values: ["shop"] }],
    [false, { key, operator: "DoesNotExist" }],
    [false, { key, operator: "In", values: ["other"] }],
    [false, { key, operator: "NotIn", values: ["dynenv"] }],
    [false, { key: "team", operator: "Exists" }],
  ])("is %s by %o", (admits, expression) => {
    expect(by(expression)).toBe(admits);
  });

  it("when it admits all", () => {
    expect(admitsEnvironments({ ...listener, allowedRoutes: { namespaces: { from: "All" } } })).toBe(true);
  });
});

describe("where a listener is called within the cluster", () => {
  const pod = {
    metadata: { namespace: "traefik", labels: { app: "traefik", hash: "1" } },
    spec: { containers: [{ ports: [{ name: "websecure", containerPort: 8443 }] }] },
  };
  const service = (name: string, selector: object, ...ports: object[]) => ({
    metadata: { name, namespace: "traefik" },
    spec: { selector: selector as Record<string, string>, ports: ports as { port: number }[] },
  });

  it("is the Service that leads to its port on the pods, by number or name", () => {
    const address = { host: "traefik.traefik.svc", port: 443, podPort: 8443 };
    for (const targetPort of [8443, "websecure"])
      expect(
        addressOf(
          [
            service("other", { app: "other" }, { port: 443, targetPort }),
            service("headless", {}, { port: 443, targetPort }),
            service("traefik", { app: "traefik" }, { port: 80, targetPort: 8000 }, { port: 443, targetPort }),
          ],
          pod,
          8443,
        ),
      ).toEqual(address);
  });

  it("is a port of the same number where none leads to it", () => {
    const services = [service("edge", { app: "traefik" }, { port: 443, targetPort: 10443 })];
    expect(addressOf(services, pod, 443)).toEqual({ host: "edge.traefik.svc", port: 443, podPort: 10443 });
    expect(addressOf(services, pod, 80)).toBeUndefined();
  });
});

it("knows the pods of usual controllers, and of no other", () => {
  expect(podLabelsOf("traefik.io/gateway-controller", "gateway/previews")).toEqual({
    "app.kubernetes.io/name": "traefik",
  });
  expect(podLabelsOf("istio.io/gateway-controller", "gateway/previews")).toEqual({
    "gateway.networking.k8s.io/gateway-name": "previews",
  });
  expect(podLabelsOf("example.com/controller", "gateway/previews")).toBeUndefined();
});
