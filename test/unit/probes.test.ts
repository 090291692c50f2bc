import { describe, expect, it } from "vitest";
import type { Service } from "../../components/model/graph/service.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { probesOf, trialSeconds } from "../../components/model/objects/probes.ts";
import { seedJobSpec } from "../../components/model/objects/seedJob.ts";
import { service } from "./randomServices.ts";

const often = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 };
const seldom = { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 3 };
const command = ["pg_isready"];

describe("the probes of a service", () => {
  it.each<[string, Partial<Service>, object]>([
    ["ask its port", {}, { tcpSocket: { port: 8080 }, ...often }],
    ["ask its page", { healthPath: "/health" }, { httpGet: { path: "/health", port: 8080 }, ...often }],
    [
      "run a command instead",
      { healthPath: "/health", probe: { command } },
      { exec: { command }, ...seldom },
    ],
    ["ask by gRPC instead", { probe: { grpcPort: 9090 } }, { grpc: { port: 9090 }, ...often }],
  ])("%s", (_what, more, readinessProbe) => {
    expect(probesOf(service("a", more))).toEqual({ readinessProbe });
  });

  it("end a container that does not start in time, by the same question", () => {
    const { startupProbe } = probesOf(service("a", { startsWithinSeconds: 61 }));
    expect(startupProbe).toEqual({ tcpSocket: { port: 8080 }, ...often, failureThreshold: 61 });
    const run = probesOf(service("a", { startsWithinSeconds: 61, probe: { command } }));
    expect(run.startupProbe).toEqual({ exec: { command }, ...seldom, failureThreshold: 31 });
  });

  it("are none where nothing can be asked, and its pods are then watched for some seconds", () => {
    expect([probesOf({ name: "a" }), trialSeconds({ name: "a" })]).toEqual([{}, 5]);
    expect(trialSeconds({ name: "a", probe: { command } })).toBe(0);
    expect(trialSeconds(service("a"))).toBe(0);
  });

  it("are not those of the Job that fills it", () => {
    const seed = { command: ["fill"] };
    const filled = service("a", { seed, startsWithinSeconds: 60 });
    const common = { serviceAccountName: "a", configMap: undefined, placement: {}, variables: {} };
    const { template } = seedJobSpec(filled, [filled], { ...common, seed, image: "a" });
    expect(Object.keys(template.spec.containers[0] ?? {}).filter((key) => key.endsWith("Probe"))).toEqual([]);
  });
});

describe("a wrong probe", () => {
  it.each<[string, Service["probe"] & object]>([
    ["that asks nothing", {}],
    ["that asks two things", { command, grpcPort: 9090 }],
  ])("%s is told in one sentence", (_what, probe) => {
    expect(() => {
      checkServices([service("a", { probe })]);
    }).toThrow(
      new Error(
        'probe of service "a" must have either command or grpcPort, such as {"command": ["pg_isready"]}',
      ),
    );
  });

  it("that is missing, though its container must have started in time, is told in one sentence", () => {
    expect(() => {
      checkServices([{ name: "a", startsWithinSeconds: 60 }]);
    }).toThrow(
      new Error(
        'startsWithinSeconds of service "a" has nothing that tells that it has started: give port, or probe, such as {"command": ["test", "-f", "/tmp/ready"]}',
      ),
    );
  });
});
