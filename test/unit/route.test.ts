import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Service } from "../../components/model/graph/service.ts";
import type { Gateway } from "../../components/model/objects/gateway.ts";
import { httpRouteSpec, ingressSpec, routeOf, routes } from "../../components/model/objects/route.ts";
import { namespaceName } from "../../components/model/rules/names.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const gateway: Gateway = {
  ...{ domain: "previews.example.com", name: "gateway/previews" },
  pods: { namespace: "traefik" },
};
const noRoom =
  /^service "[^"]+" is exposed but its host has no room beside the namespace "[^"]+", which has \d+ of 63 characters: give the stack a shorter name$/;

/** Names of one form, with dashes in all places where they may be, and few letters, so that they often resemble each other. */
const label = (maxLength: number) =>
  fc
    .tuple(
      fc.constantFrom("a", "b"),
      fc.string({ unit: fc.constantFrom("a", "b", "1", "-"), maxLength: maxLength - 2 }),
    )
    .map(([first, rest]) => `${first}${rest}`.replace(/-+$/, "") + "a");
const serviceNames = fc.oneof(
  label(63),
  label(8),
  fc.constantFrom("web", "env-a", "web--env-a", `a${"b".repeat(62)}`),
);
/** What the project makes namespaces from: any name of a stack. */
const namespaces = fc
  .oneof(label(59), label(8), fc.string({ minLength: 1, maxLength: 80 }))
  .map(namespaceName);
const isApplication = fc.boolean();

/** None where there is no room, of which a sentence tells. */
function hostOf(name: string, first: boolean, namespace: string, at: Gateway = gateway): string | undefined {
  try {
    return routeOf(service(name, { exposed: true }), first, namespace, at).host;
  } catch (error) {
    expect((error as Error).message).toMatch(noRoom);
    return undefined;
  }
}

describe("the host of a service", () => {
  it("is never shared by two namespaces, whatever their services are called", () => {
    fc.assert(
      fc.property(
        ...[serviceNames, isApplication, namespaces],
        ...[serviceNames, isApplication, namespaces],
        (name, first, namespace, otherName, otherFirst, other) => {
          fc.pre(namespace !== other);
          const host = hostOf(name, first, namespace);
          if (host !== undefined) expect(host).not.toBe(hostOf(otherName, otherFirst, other));
        },
      ),
    );
  });

  it("is never that of another service of the namespace", () => {
    fc.assert(
      fc.property(serviceNames, serviceNames, isApplication, namespaces, (name, other, first, namespace) => {
        fc.pre(name !== other);
        const host = hostOf(name, first, namespace);
        if (host !== undefined) expect(host).not.toBe(hostOf(other, false, namespace));
      }),
    );
  });

  it("is one that there can be, with the namespace's whole name", () => {
    const longest = `${"a".repeat(62)}.`.repeat(3).slice(0, 189).replace(/\.$/, "");
    fc.assert(
      fc.property(
        ...[serviceNames, isApplication, namespaces, fc.constantFrom(gateway.domain, longest)],
        (name, first, namespace, domain) => {
          const host = hostOf(name, first, namespace, { ...gateway, domain });
          if (host === undefined) return;
          expect(host.length).toBeLessThanOrEqual(253);
          const [own = ""] = host.split(".");
          expect(own).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
          expect(first ? own : own.split("--").slice(1).join("--")).toContain(namespace);
          expect(host).toBe(`${own}.${domain}`);
        },
      ),
    );
  });

  it("has the namespace alone for the application, whatever its name is", () => {
    fc.assert(
      fc.property(serviceNames, namespaces, (name, namespace) => {
        expect(hostOf(name, true, namespace)).toBe(`${namespace}.${gateway.domain}`);
      }),
    );
  });

  it("keeps a name that has room, and shortens one that has none, until nobody would know it", () => {
    const hosts = [4, 30, 51, 52, 53].map((length) => {
      const [own = ""] = (hostOf("administration", false, "n".repeat(length)) ?? "none").split(".");
      return own.replace(/n{3,}/, "N");
    });
    expect(hosts).toEqual([
      "administration--N",
      "administration--N",
      expect.stringMatching(/^adm-[a-z2-7]{6}--N$/),
      expect.stringMatching(/^ad-[a-z2-7]{6}--N$/),
      "none",
    ]);
  });

  it("needs more room than a long namespace leaves, and says so", () => {
    const namespace = `env-${"x".repeat(54)}`;
    expect(() => routeOf(service("shop", { exposed: true }), false, namespace, gateway)).toThrow(
      new Error(
        `service "shop" is exposed but its host has no room beside the namespace "${namespace}", which has 58 of 63 characters: give the stack a shorter name`,
      ),
    );
  });
});

describe("what people open", () => {
  const urlOf = (more: Partial<Gateway>, own: Partial<Service> = {}) =>
    routeOf(service("web", { exposed: true, ...own }), true, "env-a", { ...gateway, ...more }).url;

  it.each<[Partial<Gateway>, string]>([
    [{}, "https://env-a.previews.example.com"],
    [{ port: 443 }, "https://env-a.previews.example.com"],
    [{ port: 8443 }, "https://env-a.previews.example.com:8443"],
    [{ tls: false }, "http://env-a.previews.example.com"],
    [{ tls: false, port: 80 }, "http://env-a.previews.example.com"],
    [{ tls: false, port: 443 }, "http://env-a.previews.example.com:443"],
  ])("has the scheme and the port of the gateway: %j", (more, url) => {
    expect(urlOf(more)).toBe(url);
  });

  it("ends with the path that is exposed", () => {
    expect(urlOf({}, { exposure: { path: "/api" } })).toBe("https://env-a.previews.example.com/api");
    expect(urlOf({}, { exposure: { path: "/" } })).toBe("https://env-a.previews.example.com");
  });
});

describe("the routes of an environment", () => {
  const web = service("web", { exposed: true });
  const api = service("api", { exposure: { path: "/v1", port: "admin" }, ports: { admin: { port: 9000 } } });
  const hidden = service("hidden");

  it("lead to what is exposed and to nothing else", () => {
    expect(routes([hidden, api, web], "web", "env-a", gateway)).toEqual([
      {
        ...{ service: "api", host: "api--env-a.previews.example.com", path: "/v1", port: 9000 },
        url: "https://api--env-a.previews.example.com/v1",
      },
      {
        ...{ service: "web", host: "env-a.previews.example.com", path: "/", port: 80 },
        url: "https://env-a.previews.example.com",
      },
    ]);
  });

  it("are told to a Gateway, and to an Ingress, with the host, the path and the port of the Service", () => {
    const [route] = routes([api], "web", "env-a", gateway);
    if (route === undefined) throw new Error("there is no route");
    expect(httpRouteSpec(route, "infra/previews")).toMatchObject({
      parentRefs: [{ kind: "Gateway", namespace: "infra", name: "previews" }],
      hostnames: [route.host],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/v1" } }],
          backendRefs: [{ kind: "Service", name: "api", port: 9000 }],
        },
      ],
    });
    expect(ingressSpec(route, "nginx")).toEqual({
      ingressClassName: "nginx",
      rules: [
        {
          host: route.host,
          http: {
            paths: [
              {
                ...{ path: "/v1", pathType: "Prefix" },
                backend: { service: { name: "api", port: { number: 9000 } } },
              },
            ],
          },
        },
      ],
    });
  });

  it("tell search engines not to list them", () => {
    const [route] = routes([web], "web", "env-a", gateway);
    if (route === undefined) throw new Error("there is no route");
    expect(JSON.stringify(httpRouteSpec(route, "infra/previews"))).toContain(
      '"set":[{"name":"X-Robots-Tag","value":"noindex"}]',
    );
  });
});
