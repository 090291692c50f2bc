import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCpu, formatMemory, parseCpu, parseMemory } from "../../components/model/quantities.ts";
import { quota, testRunnerResources } from "../../components/model/quota.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const amount = fc.record({
  millicores: fc.integer({ min: 1, max: 8000 }),
  mebibytes: fc.integer({ min: 1, max: 9000 }),
});
const amounts = fc.array(fc.record({ requests: amount, limits: amount }), { maxLength: 10 });

const resources = ({ millicores, mebibytes }: { millicores: number; mebibytes: number }) => ({
  cpu: `${String(millicores)}m`,
  memory: `${String(mebibytes)}Mi`,
});

describe("quota", () => {
  it("fits two pods of each service and two of the test runner, and not one bit more", () => {
    const runner = {
      requests: { millicores: 50, mebibytes: 64 },
      limits: { millicores: 1000, mebibytes: 256 },
    };
    fc.assert(
      fc.property(amounts, (given) => {
        const services = given.map(({ requests, limits }, index) =>
          service(`s${String(index)}`, { requests: resources(requests), limits: resources(limits) }),
        );
        const pods = [...given, ...given, runner, runner];
        const hard = quota(services);
        expect(hard.pods).toBe(String(pods.length));
        for (const kind of ["requests", "limits"] as const) {
          const millicores = pods.reduce((sum, pod) => sum + pod[kind].millicores, 0);
          const mebibytes = pods.reduce((sum, pod) => sum + pod[kind].mebibytes, 0);
          expect(parseCpu(hard[`${kind}.cpu`] ?? "")).toBe(millicores);
          expect(hard[`${kind}.memory`]).toBe(`${String(mebibytes)}Mi`);
        }
      }),
    );
  });

  it("counts what the test runner's Jobs state", () => {
    expect(testRunnerResources).toEqual({
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { cpu: "1", memory: "256Mi" },
    });
  });
});

describe("quota of any services", () => {
  it("never has room for what outlives the namespace or costs money outside of it", () => {
    fc.assert(
      fc.property(amounts, (given) => {
        expect(quota(given.map((_, index) => service(`s${String(index)}`)))).toMatchObject({
          "services.loadbalancers": "0",
          "services.nodeports": "0",
          persistentvolumeclaims: "0",
        });
      }),
    );
  });

  it("is written as the API server keeps it, so that a second run finds no change", () => {
    const half = { cpu: "450m", memory: "1Gi" };
    expect(quota([service("a", { requests: half, limits: { cpu: "2", memory: "1.5Gi" } })])).toMatchObject({
      "requests.cpu": "1",
      "requests.memory": "2176Mi",
      "limits.cpu": "6",
      "limits.memory": "3584Mi",
    });
  });
});

describe("quantities, read", () => {
  it("are the same after writing and reading", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(2 ** 20), (millicores, mebibytes) => {
        expect(parseCpu(formatCpu(millicores))).toBe(millicores);
        expect(parseMemory(formatMemory(mebibytes * 2 ** 20))).toBe(mebibytes * 2 ** 20);
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
    expect(parseMemory(quantity)).toBe(bytes);
  });
});

describe("quantities", () => {
  it("round up, so that a quota never lacks what a container asks for", () => {
    expect(formatMemory(1)).toBe("1Mi");
    expect(formatMemory(2 ** 20 + 1)).toBe("2Mi");
    expect(formatCpu(3000)).toBe("3");
    expect(formatCpu(3500)).toBe("3500m");
  });

  it("of a decimal are exact", () => {
    expect([parseCpu("16.1"), parseMemory("16.1k")]).toEqual([16_100, 16_100]);
  });

  it("of no known form are refused in one sentence", () => {
    for (const wrong of ["", "1 m", "-1", "1u", "1e3", "m", "1,5", "1Gi"]) {
      const sentence = new Error(`"${wrong}" is no CPU quantity: write it like 250m or 1.5`);
      expect(() => parseCpu(wrong)).toThrow(sentence);
    }
    for (const wrong of ["", "1 Mi", "-1Mi", "1m", "1K", "Mi", "1mi", "1Mi2"]) {
      const sentence = new Error(`"${wrong}" is no memory quantity: write it like 128Mi or 1Gi`);
      expect(() => parseMemory(wrong)).toThrow(sentence);
    }
  });
});
