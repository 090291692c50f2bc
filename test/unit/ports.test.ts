import { describe, expect, it } from "vitest";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { checkGraph, edges, testRunner } from "../../components/model/graph/graph.ts";
import { containerPorts, servicePorts } from "../../components/model/graph/ports.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { readinessTargets } from "../../components/model/objects/readiness.ts";
import { testEnvironment } from "../../components/model/objects/testRunnerJob.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { service } from "./randomServices.ts";

const udp = { port: 53, containerPort: 5353, protocol: "UDP" };
const names: Service = { name: "names", ports: { dns: udp } };
const worker: Service = { name: "worker" };

describe("a service with several ports", () => {
  const api = service("api", {
    ...{ port: 80, containerPort: 8080, healthPath: "/health", healthPort: "management" },
    ports: { management: { port: 8081 }, plain: { port: 8080, containerPort: 8080 }, dns: udp },
  });

  it("has a named port of its Service for each, the first of them its own", () => {
    expect(servicePorts(api)).toEqual([
      { name: "main", port: 80, targetPort: 8080 },
      { name: "management", port: 8081, targetPort: 8081 },
      { name: "plain", port: 8080, targetPort: 8080 },
      { name: "dns", port: 53, targetPort: 5353, protocol: "UDP" },
    ]);
  });

  it("has each port of its container once, first the one that is asked", () => {
    expect(containerPorts(api)).toEqual([
      { containerPort: 8081 },
      { containerPort: 8080 },
      { containerPort: 5353, protocol: "UDP" },
    ]);
  });

  it("is asked for its page on the port that is named", () => {
    const [target] = readinessTargets([api], "api", "9dff06f");
    expect(target).toEqual({ service: "api", host: "api", port: 8081, healthPath: "/health" });
    const { readinessProbe } = servicePodSpec(api, [api]).container;
    expect(readinessProbe).toMatchObject({ httpGet: { path: "/health", port: 8081 } });
  });

  it("is open to whoever uses it on all of them, and tells where they are", () => {
    const web = service("web", { uses: ["api"] });
    expect(edges([api, web]).filter(({ from }) => from === "web")).toEqual([
      { from: "web", to: "api", port: 8081, protocol: "TCP" },
      { from: "web", to: "api", port: 8080, protocol: "TCP" },
      { from: "web", to: "api", port: 5353, protocol: "UDP" },
    ]);
    const variables = {
      ...{ API_ADDRESS: "api:80", API_MANAGEMENT_ADDRESS: "api:8081" },
      ...{ API_PLAIN_ADDRESS: "api:8080", API_DNS_ADDRESS: "api:53" },
    };
    const given = environmentVariables(web, [api, web]).map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(given)).toEqual(variables);
    expect(testEnvironment([api], "9dff06f")).toEqual({ ...variables, EXPECTED_COMMIT: "9dff06f" });
  });
});

describe("a service without a port", () => {
  it("is neither asked nor called, and has no probe", () => {
    const { container } = servicePodSpec(worker, [worker]);
    expect(container).not.toHaveProperty("ports");
    expect(container).not.toHaveProperty("readinessProbe");
    expect([servicePorts(worker), edges([worker])]).toEqual([[], []]);
    expect(readinessTargets([worker, service("app")], "app", "9dff06f")).toHaveLength(1);
    expect(testEnvironment([worker], "9dff06f")).toEqual({ EXPECTED_COMMIT: "9dff06f" });
  });

  it("cannot be used by another one", () => {
    const sentence =
      'service "worker", which web uses, has no port: give it one, or take it out of what web uses';
    for (const uses of [{ uses: ["worker"] }, { optionalUses: [{ service: "worker" }] }])
      expect(() => {
        checkGraph([worker, service("web", uses)]);
      }).toThrow(new Error(sentence));
  });
});

describe("a service over UDP alone", () => {
  it("has a Service and edges, and is not asked", () => {
    expect(servicePorts(names)).toEqual([{ name: "dns", port: 53, targetPort: 5353, protocol: "UDP" }]);
    expect(edges([names])).toEqual([{ from: testRunner, to: "names", port: 5353, protocol: "UDP" }]);
    expect(readinessTargets([names], "names", "9dff06f")).toEqual([]);
  });
});

describe("the container's port", () => {
  it("is that of the Service where none is stated", () => {
    expect(containerPorts({ port: 8080 })).toEqual([{ containerPort: 8080 }]);
    expect(containerPorts({ ports: { a: { port: 9100 } } })).toEqual([{ containerPort: 9100 }]);
  });

  it("may be below 1024 for root alone", () => {
    const rule = "a whole number from 1024 to 65535, such as 8080";
    const low: [Partial<Service>, string][] = [
      [{ port: 80 }, `containerPort of service "a" is missing: it must be ${rule}`],
      [{ port: 80, containerPort: 443 }, `containerPort of service "a" is 443 but must be ${rule}`],
      [{ ports: { b: { port: 80 } } }, `ports.b.containerPort of service "a" is missing: it must be ${rule}`],
    ];
    for (const [more, sentence] of low) {
      expect(() => {
        checkGraph([{ name: "a", ...more }]);
      }).toThrow(new Error(sentence));
      expect(() => {
        checkGraph([{ name: "a", user: 0, ...more }]);
      }).not.toThrow();
    }
  });
});

describe("ports that do not go together", () => {
  const a = { name: "a", port: 8080 };
  it.each<[string, Service, string]>([
    [
      "a port of the container alone",
      { name: "a", containerPort: 8080 },
      'containerPort of service "a" has no port that leads to it: give port, such as 80',
    ],
    [
      "two of one number",
      { ...a, ports: { b: { port: 8080, containerPort: 9000 } } },
      'port and ports.b of service "a" are both 8080 over TCP: give one of them another number',
    ],
    [
      "two further ones of one number",
      { ...a, ports: { b: { ...udp, port: 9000 }, c: { ...udp, port: 9000 } } },
      'ports.b and ports.c of service "a" are both 9000 over UDP: give one of them another number',
    ],
    [
      "a page on a port that there is not",
      { ...a, ports: { health: { port: 9000 } }, healthPort: "helth" },
      'healthPort of service "a" is "helth", which none of its ports over TCP is: did you mean health?',
    ],
    [
      "a page over UDP",
      { ...a, ports: { dns: udp }, healthPort: "dns" },
      'healthPort of service "a" is "dns", which none of its ports over TCP is: give ports, such as {"health": {"port": 8081}}',
    ],
    [
      "a page and no port",
      { name: "a", healthPath: "/health" },
      'healthPath of service "a" has no port to be asked on: give port, such as 80',
    ],
    [
      "a commit and no port but over UDP",
      { ...names, commitPath: "/version" },
      'commitPath of service "names" has no port to be asked on: give port, such as 80',
    ],
    [
      "an opening and no port",
      { ...names, exposed: true },
      'exposed of service "names" has no port that could be called from outside: give port, such as 80',
    ],
  ])("%s, are told in one sentence", (_what, wrong, sentence) => {
    expect(() => {
      checkGraph([wrong]);
    }).toThrow(new Error(sentence));
  });

  it("since one variable would tell two of them, are told in one sentence", () => {
    const both = [{ name: "api", ports: { db: { port: 9000 } } }, service("api-db")];
    expect(() => {
      checkGraph(both);
    }).toThrow(
      new Error(
        "variable API_DB_ADDRESS would tell both api:9000 and api-db:80: give the port or the service another name",
      ),
    );
  });

  it.each(["", "Metrics", "a_b", "9100", "-a", "a-", "a--b", "x".repeat(16)])(
    "as %j, are refused by name",
    (name) => {
      expect(() => {
        checkGraph([{ ...a, ports: { [name]: { port: 9100 } } }]);
      }).toThrow(
        /of service "a" must have as its key a name of at most 15 lower-case letters, digits and single/,
      );
    },
  );

  it("as that of port itself, are refused by name", () => {
    expect(() => {
      checkGraph([{ ...a, ports: { main: { port: 9100 } } }]);
    }).toThrow(
      new Error(
        'ports.main of service "a" must have as its key another name than main, which that of port is, such as metrics',
      ),
    );
  });
});
