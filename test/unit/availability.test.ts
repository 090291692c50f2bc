import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceDeployment, type Service } from "../../components/index.ts";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { fewestPods, mostPods } from "../../components/model/graph/replicas.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { probesOf } from "../../components/model/objects/probes.ts";
import { quota } from "../../components/model/objects/quota.ts";
import { construct } from "../../rendering/construction.ts";
import { kindOf } from "./registrations.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const pods = fc.integer({ min: 1, max: 100 });

/** Any way in which a service says how many pods it has. */
const counts: fc.Arbitrary<Pick<Service, "replicas" | "autoscaling">> = fc.oneof(
  fc.record({ replicas: pods }, { requiredKeys: [] }),
  fc.tuple(pods, pods, fc.integer({ min: 1, max: 1000 })).map(([one, other, cpuPercent]) => ({
    autoscaling: { min: Math.min(one, other), max: Math.max(one, other), cpuPercent },
  })),
);

async function specs(given: Service, disruptionBudget: boolean) {
  const args = { namespace: "staging", image, service: given, disruptionBudget };
  const { resources } = await construct(() => new ServiceDeployment("app", args));
  const specOf = (kind: string) => resources.find((one) => kindOf(one) === kind)?.inputs.spec;
  return {
    deployment: specOf("Deployment") as { replicas?: number },
    autoscaler: specOf("HorizontalPodAutoscaler"),
    budget: specOf("PodDisruptionBudget"),
  };
}

describe("how many pods a service has", () => {
  it("says its Deployment or its autoscaler, never both", async () => {
    await fc.assert(
      fc.asyncProperty(counts, async (count) => {
        const { deployment, autoscaler } = await specs(service("web", count), false);
        const { autoscaling, replicas = 1 } = count;
        expect(deployment.replicas).toBe(autoscaling === undefined ? replicas : undefined);
        if (autoscaling === undefined) expect(autoscaler).toBeUndefined();
        else
          expect(autoscaler).toMatchObject({
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
            minReplicas: autoscaling.min,
            maxReplicas: autoscaling.max,
          });
      }),
      { numRuns: 10 },
    );
  });

  it("has room in the quota at most, and a budget where it cannot be one alone", async () => {
    await fc.assert(
      fc.asyncProperty(counts, async (count) => {
        const web = service("web", count);
        expect(fewestPods(web)).toBeLessThanOrEqual(mostPods(web));
        expect(quota([web], { surge: false }).pods).toBe(String(mostPods(web) + 2));
        const { budget } = await specs(web, true);
        const labels = { "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "dynenv" };
        expect(budget).toEqual(
          fewestPods(web) < 2 ? undefined : { maxUnavailable: 1, selector: { matchLabels: labels } },
        );
      }),
      { numRuns: 10 },
    );
  });

  it("has no budget where none is asked for", async () => {
    expect((await specs(service("web", { replicas: 3 }), false)).budget).toBeUndefined();
  });

  it.each<[string, Partial<Service>, string]>([
    [
      "twice",
      { replicas: 2, autoscaling: { min: 2, max: 4, cpuPercent: 70 } },
      'replicas of service "web" is 2, but autoscaling says how many pods it has: leave one of the two out',
    ],
    [
      "at least more than at most",
      { autoscaling: { min: 5, max: 4, cpuPercent: 70 } },
      'autoscaling.min of service "web" is 5 but must be at most its max, such as 4',
    ],
    [
      "as none",
      { autoscaling: { min: 0, max: 4, cpuPercent: 70 } },
      'autoscaling.min of service "web" is 0 but must be a whole number from 1 to 100, such as 2',
    ],
  ])("is refused in one sentence where it is said %s", (_what, more, sentence) => {
    expect(() => {
      checkServices([service("web", more)]);
    }).toThrow(new Error(sentence));
  });
});

describe("liveness", () => {
  const liveness = { path: "/alive" };
  const asked = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };

  it("is asked where a service says so alone, and only once it has started", () => {
    expect(probesOf(service("web")).livenessProbe).toBeUndefined();
    const { livenessProbe, startupProbe } = probesOf(service("web", { liveness }));
    expect(livenessProbe).toEqual({ httpGet: { path: "/alive", port: 8080 }, ...asked });
    expect(startupProbe?.failureThreshold).toBe(3600);
    const quick = probesOf(service("web", { liveness, startsWithinSeconds: 20 }));
    expect(quick.startupProbe?.failureThreshold).toBe(20);
  });

  it("may be at a port of its own", () => {
    const ports = { admin: { port: 9000 }, dns: { port: 53, containerPort: 5353, protocol: "UDP" } };
    const web = service("web", { ports, liveness: { ...liveness, port: "admin" } });
    expect(probesOf(web).livenessProbe).toEqual({ httpGet: { path: "/alive", port: 9000 }, ...asked });
    expect(() => {
      checkServices([{ ...web, liveness: { ...liveness, port: "dns" } }]);
    }).toThrow(
      new Error(
        'liveness.port of service "web" is "dns", which none of its ports over TCP is: known are admin, main',
      ),
    );
    expect(() => {
      checkServices([{ name: "worker", liveness }]);
    }).toThrow(
      new Error('liveness of service "worker" has no port that could be asked: give port, such as 8080'),
    );
  });
});

describe("a variable whose value is in a Secret of the cluster", () => {
  const secretRefs = { API_KEY: { secret: "shop-keys", key: "api" } };

  it("names it, and is one of the service's own", () => {
    const web = service("web", { secretRefs, environment: { LEVEL: "info" } });
    expect(environmentVariables(web, [web])).toEqual([
      { name: "API_KEY", valueFrom: { secretKeyRef: { name: "shop-keys", key: "api" } } },
      { name: "LEVEL", value: "info" },
    ]);
    const twice = { ...web, environment: { API_KEY: "x" } };
    expect(() => environmentVariables(twice, [twice])).toThrow(
      /^variable API_KEY of service "web" is set twice/,
    );
  });

  it.each<[string, object, string]>([
    [
      "Secret",
      { API_KEY: { secret: "Shop_Keys", key: "api" } },
      'secretRefs.API_KEY.secret of service "web" is "Shop_Keys" but must be the name of a Secret, such as shop-keys',
    ],
    [
      "key",
      { API_KEY: { secret: "shop-keys", key: "a/b" } },
      'secretRefs.API_KEY.key of service "web" is "a/b" but must be a key of that Secret, such as api',
    ],
    [
      "variable",
      { "API-KEY": { secret: "shop-keys", key: "api" } },
      'secretRefs.API-KEY of service "web" must have as its key the name of a variable, such as LOG_LEVEL',
    ],
  ])("is refused in one sentence where its %s cannot be", (_what, refs, sentence) => {
    expect(() => {
      checkServices([service("web", { secretRefs: refs as Service["secretRefs"] & object })]);
    }).toThrow(sentence);
  });
});
