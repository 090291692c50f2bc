import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  readinessTargets,
  throughGateway,
  throughRevisions,
} from "../../components/model/objects/readiness.ts";
import { noIndex, routes } from "../../components/model/objects/route.ts";
import type { Service } from "../../components/model/graph/service.ts";
import type { Gateway } from "../../components/model/objects/gateway.ts";
import { askRoute } from "../../components/readiness/routed.ts";
import type { RouteTarget } from "../../components/readiness/target.ts";
import { waitUntilReady } from "../../components/readiness/untilReady.ts";
import { selfSigned } from "../unit/certificate.ts";
import { service } from "../unit/randomServices.ts";

const host = "env-a.previews.example.com";
const marked = { "x-robots-tag": "noindex" };
const mark = noIndex;
const servers: Server[] = [];

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<RouteTarget["gateway"]> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

/** A gateway that answers everything alike, and keeps what it was asked. */
async function gatewayThat(status: number, headers: Record<string, string> = {}, body = "") {
  const asked: IncomingMessage[] = [];
  const gateway = await listen(
    createServer((request, response) => {
      asked.push(request);
      response.writeHead(status, headers).end(body);
    }),
  );
  return { gateway, asked };
}

const never = new AbortController().signal;
const ask = (more: Partial<RouteTarget> & Pick<RouteTarget, "gateway">) =>
  askRoute({ host, tls: false, path: "/", mark, ...more }, never);

describe("an address outside of the cluster", () => {
  it("is asked for by its name, at the gateway's own address", async () => {
    const { gateway, asked } = await gatewayThat(200, marked);
    expect(await ask({ gateway, path: "/api" })).toEqual({ asked: `GET http://${host}/api`, status: 200 });
    expect(asked.map(({ headers, url }) => [headers.host, url])).toEqual([[host, "/api"]]);
  });

  it.each([200, 204, 302, 401, 404, 500])(
    "answers where its service does, whatever that says: %i",
    async (status) => {
      const { gateway } = await gatewayThat(status, marked);
      expect((await ask({ gateway })).failure).toBeUndefined();
    },
  );

  it.each([502, 503, 504])("does not answer where the gateway has nobody behind it: %i", async (status) => {
    const { gateway } = await gatewayThat(status, marked);
    expect((await ask({ gateway })).failure).toBe(
      `the gateway answers ${String(status)} for http://${host}/`,
    );
  });

  it.each([200, 404])("does not answer where nothing says that it came by the route: %i", async (status) => {
    const { gateway } = await gatewayThat(status, { "x-robots-tag": "none" });
    expect((await ask({ gateway })).failure).toBe(
      `the gateway answers ${String(status)} for http://${host}/`,
    );
  });

  it("is told by its answer alone where routes bear no mark", async () => {
    const { mark: _mark, ...unmarked } = { host, tls: false, path: "/", mark };
    for (const [status, isThere] of [
      [200, true],
      [401, true],
      [404, false],
      [503, false],
    ] as const) {
      const { gateway } = await gatewayThat(status);
      const { failure } = await askRoute({ ...unmarked, gateway }, never);
      expect(failure === undefined).toBe(isThere);
    }
  });

  it("does not answer where no gateway is", async () => {
    const { gateway } = await gatewayThat(200);
    const [server] = servers;
    await new Promise((resolve) => server?.close(resolve));
    expect((await ask({ gateway })).failure).toBe(
      `the gateway does not answer for http://${host}/: ECONNREFUSED`,
    );
  });

  it("does not answer where packets are dropped, for long", async () => {
    const gateway = await listen(createServer(() => undefined));
    expect((await ask({ gateway })).failure).toBe(
      `the gateway does not answer for http://${host}/: no answer within 12 s`,
    );
  });

  it("does not answer where its page has no end", async () => {
    const gateway = await listen(
      createServer((_request, response) => {
        response.writeHead(200, marked);
        const more = setInterval(() => response.write("x".repeat(100_000)), 1);
        response.on("close", () => {
          clearInterval(more);
        });
      }),
    );
    expect((await ask({ gateway })).failure).toBe(
      `the gateway does not answer for http://${host}/: its page has more than 1 MB`,
    );
  });
});

describe("the commit behind an address", () => {
  const commit = "9dff06f";
  const told = async (status: number, reported: string) => {
    const { gateway } = await gatewayThat(status, marked, JSON.stringify({ commit: reported }));
    return (await ask({ gateway, path: "/version", commit })).failure;
  };

  it("is the one that was deployed", async () => {
    expect(await told(200, commit)).toBeUndefined();
  });

  it("is told to be another one", async () => {
    expect(await told(200, "0000000")).toBe(`http://${host}/version reports 0000000 instead of 9dff06f`);
  });

  it("is not known where its page fails", async () => {
    expect(await told(401, commit)).toBe(`http://${host}/version answers 401`);
  });
});

describe("an address over TLS", () => {
  it("is asked for by its name in the handshake and in the request, whoever signed the certificate", async () => {
    const { certificate, key } = selfSigned("authority-that-nobody-knows.example.com");
    const names: unknown[] = [];
    const nameOfHandshake = (name: string, use: (error: null) => void) => {
      names.push(name);
      use(null);
    };
    const options = { cert: certificate, key, SNICallback: nameOfHandshake };
    const gateway = await listen(
      createSecureServer(options, (request, response) => {
        names.push(request.headers.host);
        response.writeHead(200, marked).end();
      }),
    );
    expect(await ask({ gateway, tls: true })).toEqual({ asked: `GET https://${host}/`, status: 200 });
    expect(names).toEqual([host, host]);
  });

  it("is none where the gateway speaks HTTP alone", async () => {
    const { gateway } = await gatewayThat(200, marked);
    expect((await ask({ gateway, tls: true })).failure).toMatch(
      /^the gateway does not answer for https:\/\/env-a\.previews\.example\.com\/: \S+/,
    );
  });
});

describe("an environment with addresses", () => {
  const [gatewayOf, commit] = [
    { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } },
    "9dff06f",
  ];
  const inside = { host: "traefik.traefik.svc", port: 443 };
  const targetsOf = (more: Partial<Service>, at: Partial<Gateway> = { inside }) => {
    const web = service("web", { commitPath: "/version", healthPath: "/health", exposed: true, ...more });
    const services = [service("hidden"), web];
    const asked = throughRevisions(readinessTargets(services, "web", commit), "10.0.0.1");
    const gateway = { ...gatewayOf, ...at };
    return throughGateway(asked, services, routes(services, "web", "env-a", gateway), gateway).map(
      ({ route }) => route,
    );
  };

  it("asks through the gateway for what is exposed, and for its commit where that can be seen", () => {
    const route = { host, gateway: inside, tls: true, mark };
    expect(targetsOf({})).toEqual([undefined, { ...route, path: "/version", commit }]);
    expect(targetsOf({ exposure: { path: "/version" } })).toEqual([
      undefined,
      { ...route, path: "/version", commit },
    ]);
    expect(targetsOf({ exposure: { path: "/ver" } })).toEqual([undefined, { ...route, path: "/ver" }]);
    const ports = { admin: { port: 9000 } };
    expect(targetsOf({ ports, exposure: { port: "admin" } })).toEqual([undefined, { ...route, path: "/" }]);
  });

  it("knows no answer of an Ingress by a mark", () => {
    const [, route] = targetsOf({}, { inside, name: undefined, ingressClass: "nginx", tls: false } as never);
    expect(route).toEqual({ host, gateway: inside, tls: false, path: "/version", commit });
  });

  it("asks nothing of a gateway that has no address in the cluster", () => {
    expect(targetsOf({}, {})).toEqual([undefined, undefined]);
  });

  it.each([
    ["with pods of this commit alone", true],
    ["with the pods behind its Service", false],
  ])("is not ready before its address answers, %s", async (_, isRevised) => {
    let asked = 0;
    const gateway = await listen(
      createServer((_request, response) => {
        response.writeHead(++asked < 3 ? 404 : 200, asked < 3 ? {} : marked).end();
      }),
    );
    const { gateway: pods } = await gatewayThat(200);
    const target = {
      service: "web",
      ...pods,
      ...(isRevised && { pods: { ...pods } }),
      healthPath: "/health",
    };
    const route = { ...{ host, gateway, tls: false, path: "/" }, mark };
    const [report] = await waitUntilReady([{ ...target, route }], 5);
    expect([report?.failure, asked]).toEqual([undefined, 3]);
    const nowhere = await gatewayThat(404);
    const [late] = await waitUntilReady([{ ...target, route: { ...route, gateway: nowhere.gateway } }], 0.3);
    expect(late?.failure).toBe(`the gateway answers 404 for http://${host}/`);
  });
});
