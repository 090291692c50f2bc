import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCpu, formatBytes, parseCpu, parseBytes } from "../../components/model/rules/quantities.ts";
import {
  containerResources,
  jobResources,
  type StatedResources,
} from "../../components/model/graph/containerResources.ts";
import { quota } from "../../components/model/objects/quota.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { graphs, service } from "./randomServices.ts";
import "./seed.ts";

const kinds = ["requests", "limits"] as const;
const seed = { command: ["fill"] };

/** Millicores or mebibytes, in the one form in which random services state them. */
const amount = (quantity: string) => Number.parseInt(quantity, 10);

/** Bytes that a container of random services may take of the disk. */
function storageOf(container: StatedResources, kind: (typeof kinds)[number]): number {
  const { requests, limits, writablePaths = [] } = container;
  // The one size that random services give a folder.
  const folder = writablePaths.some((path) => path.endsWith(":10Mi")) ? "1034Mi" : "1Gi";
  const most = parseBytes(limits?.ephemeralStorage ?? folder);
  if (kind === "limits") return most;
  return Math.min(parseBytes(requests?.ephemeralStorage ?? "64Mi"), most);
}

type Stated = Required<Pick<Service, "requests" | "limits">> & Pick<Service, "uses" | "writablePaths">;

/** The pod of a Job before a service: first it waits as other Jobs do, where there is something to wait for. */
function largest(one: Stated, job: Stated): Stated {
  if ((one.uses ?? []).length === 0) return one;
  const most = (kind: (typeof kinds)[number]) => ({
    cpu: `${String(Math.max(amount(one[kind].cpu), amount(job[kind].cpu)))}m`,
    memory: `${String(Math.max(amount(one[kind].memory), amount(job[kind].memory)))}Mi`,
    ephemeralStorage: `${String(Math.max(storageOf(one, kind), storageOf(job, kind)) / 2 ** 20)}Mi`,
  });
  return { requests: most("requests"), limits: most("limits") };
}

describe("quota", () => {
  it.each([
    ["every replica twice, as when all services roll", true, 2],
    ["every replica and none more without a surge", false, 1],
  ])(
    "fits %s, two Jobs, one for each seed and each first steps, and not one bit more",
    (_what, surge, times) => {
      const job = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1000m", memory: "256Mi" } };
      fc.assert(
        fc.property(graphs, (services) => {
          const stated = services.map((one) => ({ ...job, ...one }));
          const pods = stated.flatMap((one) => Array<typeof job>((one.replicas ?? 1) * times).fill(one));
          const seeds = stated.filter((one) => one.seed !== undefined).length;
          const first = stated.filter((one) => one.before !== undefined).map((one) => largest(one, job));
          const all = [...pods, ...Array<typeof job>(2 + seeds).fill(job), ...first];
          const hard = quota(services, { surge });
          expect(hard.pods).toBe(String(all.length));
          for (const kind of kinds) {
            const millicores = all.reduce((sum, pod) => sum + amount(pod[kind].cpu), 0);
            const mebibytes = all.reduce((sum, pod) => sum + amount(pod[kind].memory), 0);
            expect(parseCpu(hard[`${kind}.cpu`] ?? "")).toBe(millicores);
            expect(parseBytes(hard[`${kind}.memory`] ?? "")).toBe(mebibytes * 2 ** 20);
            const storage = all.reduce((sum, pod) => sum + storageOf(pod, kind), 0);
            expect(parseBytes(hard[`${kind}.ephemeral-storage`] ?? "")).toBe(storage);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  it("of nothing is that of two Jobs", () => {
    const { pods, "limits.memory": memory } = quota([], { surge: true });
    expect([pods, memory]).toEqual(["2", "512Mi"]);
  });

  it("grows by the replicas, by as many for the surge, and by one for a seed", () => {
    const podsOf = (more: Parameters<typeof service>[1], surge: boolean) =>
      Number(quota([service("a", more)], { surge }).pods);
    expect([podsOf({}, false), podsOf({}, true)]).toEqual([3, 4]);
    expect([podsOf({ replicas: 3 }, false), podsOf({ replicas: 3 }, true)]).toEqual([5, 8]);
    expect([podsOf({ seed }, false), podsOf({ seed, replicas: 3 }, true)]).toEqual([4, 9]);
  });

  it("counts what Jobs state: a test Job has room for its log", () => {
    expect(containerResources(jobResources)).toEqual({
      requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
      limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "1Gi" },
    });
  });

  it("has room for the largest suite of tests in each respect, and not for a second one", () => {
    const resources = fc.record({
      cpu: fc.integer({ min: 1, max: 4000 }),
      memory: fc.integer({ min: 1, max: 4096 }),
    });
    const suite = fc.record({ limits: resources, results: fc.boolean() });
    fc.assert(
      fc.property(fc.array(suite, { minLength: 1 }), (drawn) => {
        const suites = drawn.map(({ limits: { cpu, memory }, results }) => ({
          limits: { cpu: `${String(cpu)}m`, memory: `${String(memory)}Mi` },
          ...(results && { results: "/results/junit.xml" }),
        }));
        const hard = quota([], { surge: true, suites });
        const most = (of: (suite: (typeof drawn)[number]) => number) => Math.max(...drawn.map(of));
        // The readiness Job, then what waits or the tests, and beside them what prints their results.
        const cpu = 1000 + most(({ limits, results }) => Math.max(1000, limits.cpu) + (results ? 500 : 0));
        const memory =
          256 + most(({ limits, results }) => Math.max(256, limits.memory) + (results ? 192 : 0));
        expect(hard.pods).toBe("2");
        expect(parseCpu(hard["limits.cpu"] ?? "")).toBe(cpu);
        expect(parseBytes(hard["limits.memory"] ?? "")).toBe(memory * 2 ** 20);
      }),
    );
  });

  it("has room for the folders of a suite", () => {
    const suites = [{ writablePaths: ["/tmp", "/data:2Gi"] }];
    expect(quota([], { surge: true, suites })).toMatchObject({
      "limits.memory": "512Mi",
      "limits.ephemeral-storage": "4Gi",
    });
  });

  it("never lets a container ask for more of the disk than it may use", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), (mebibytes) => {
        const limits = { cpu: "1", memory: "1Gi", ephemeralStorage: `${String(mebibytes)}Mi` };
        const stated = containerResources({ requests: { cpu: "1", memory: "1Gi" }, limits });
        const asked = parseBytes(stated.requests["ephemeral-storage"]);
        expect(asked).toBe(Math.min(64, mebibytes) * 2 ** 20);
        expect(stated.limits["ephemeral-storage"]).toBe(limits.ephemeralStorage);
      }),
    );
  });
});

describe("quota of any services", () => {
  it("never has room for what outlives the namespace or costs money outside of it", () => {
    fc.assert(
      fc.property(graphs, fc.boolean(), (services, surge) => {
        expect(quota(services, { surge })).toMatchObject({
          "services.loadbalancers": "0",
          "services.nodeports": "0",
          persistentvolumeclaims: "0",
          "requests.storage": "0",
        });
      }),
      { numRuns: 20 },
    );
  });

  it("is written as the API server keeps it, so that a second run finds no change", () => {
    const half = { cpu: "450m", memory: "1Gi" };
    const services = [service("a", { requests: half, limits: { cpu: "2", memory: "1.5Gi" } })];
    expect(quota(services, { surge: true })).toMatchObject({
      "requests.cpu": "1",
      "requests.memory": "2176Mi",
      "limits.cpu": "6",
      "limits.memory": "3584Mi",
      "requests.ephemeral-storage": "256Mi",
      "limits.ephemeral-storage": "4Gi",
    });
  });
});

describe("quantities, read", () => {
  it("are the same after writing and reading", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(2 ** 20), (millicores, mebibytes) => {
        expect(parseCpu(formatCpu(millicores))).toBe(millicores);
        expect(parseBytes(formatBytes(mebibytes * 2 ** 20))).toBe(mebibytes * 2 ** 20);
      }),
    );
  });

  it.each([
    ["250m", 250],
    ["0", 0],
    ["1.5", 1500],
    ["0.001", 1],
    ["0.0001", 1],
    ["1.5m", 2],
  ])("CPU %s is %d millicores", (quantity, millicores) => {
    expect(parseCpu(quantity)).toBe(millicores);
  });

  it.each([
    ["1", 1],
    ["3k", 3000],
    ["2M", 2_000_000],
    ["1G", 1_000_000_000],
    ["1Ki", 1024],
    ["128Mi", 134_217_728],
    ["1.5Gi", 1_610_612_736],
  ])("memory %s is %d bytes", (quantity, bytes) => {
    expect(parseBytes(quantity)).toBe(bytes);
  });
});

describe("quantities", () => {
  it("round up, so that a quota never lacks what a container asks for", () => {
    expect(formatBytes(1)).toBe("1Mi");
    expect(formatBytes(2 ** 20 + 1)).toBe("2Mi");
    expect([formatBytes(2 ** 30), formatBytes(2 ** 30 + 1)]).toEqual(["1Gi", "1025Mi"]);
    expect(formatCpu(3000)).toBe("3");
    expect(formatCpu(3500)).toBe("3500m");
  });

  it("of a decimal are exact", () => {
    expect([parseCpu("16.1"), parseBytes("16.1k")]).toEqual([16_100, 16_100]);
  });

  it("of no known form are refused in one sentence", () => {
    for (const wrong of ["", "1 m", "-1", "1u", "1e3", "m", "1,5", "1Gi"]) {
      const sentence = new Error(`"${wrong}" is not a CPU quantity: write it like 250m or 1.5`);
      expect(() => parseCpu(wrong)).toThrow(sentence);
    }
    for (const wrong of ["", "1 Mi", "-1Mi", "1m", "1K", "Mi", "1mi", "1Mi2"]) {
      const sentence = new Error(`"${wrong}" is not a quantity of bytes: write it like 128Mi or 1Gi`);
      expect(() => parseBytes(wrong)).toThrow(sentence);
    }
  });
});
