import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings } from "../../bench/goals.ts";
import { hashOfObjects, renderedObjects } from "../../bench/objects.ts";
import { results } from "../../bench/results.ts";
import type { Measurement } from "../../bench/round.ts";
import type { Scenario } from "../../bench/scenario.ts";
import { spread } from "../../bench/statistics.ts";
import "./seed.ts";

const digest = `sha256:${"1".repeat(64)}`;
const scenario: Scenario = {
  ...{ size: 2, manners: "well-behaved", registry: "registry.example.com" },
  image: { repository: "bench/service", tag: "1", digest },
  readinessImage: `registry.example.com/node@${digest}`,
};
const hash = async (stack: string, changes: Partial<Scenario> = {}) =>
  hashOfObjects(await renderedObjects({ ...scenario, ...changes }, stack), stack);

describe("the objects of a scenario", () => {
  it("are the same for each stack, and others in another scenario", async () => {
    expect(await hash("bench-one")).toBe(await hash("bench-two"));
    expect(await hash("bench-one", { size: 3 })).not.toBe(await hash("bench-one"));
    expect(await hash("bench-one", { manners: "ignores SIGTERM" })).not.toBe(await hash("bench-one"));
  });

  it("are the same with what tools and the server write into them, and no longer with another wish", async () => {
    const objects = await renderedObjects(scenario, "bench-one");
    const seen = objects.map((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        ...{ uid: "1", resourceVersion: "2", creationTimestamp: "2026-01-01T00:00:00Z" },
        labels: { ...object.metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
        annotations: { ...object.metadata.annotations, "meta.helm.sh/release-name": "bench" },
      },
      status: { phase: "Active" },
    }));
    const expected = hashOfObjects(objects, "bench-one");
    expect(hashOfObjects(seen.toReversed(), "bench-one")).toBe(expected);
    for (const [index, object] of objects.entries())
      expect(hashOfObjects(objects.with(index, { ...object, other: true }), "bench-one")).not.toBe(expected);
  });
});

describe("a spread", () => {
  it("has its median between the least and the most, in the middle of the values", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        const { median, least, most } = spread(values);
        expect([Math.min(...values), Math.max(...values)]).toEqual([least, most]);
        const [below, above] = [values.filter((one) => one < median), values.filter((one) => one > median)];
        expect(Math.max(below.length, above.length)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe("the goals", () => {
  const row = (contender: string, step: Measurement["step"], seconds: number, exitCode = 0): Measurement => ({
    ...{ size: 8, manners: "well-behaved", contender, step, exitCode, seconds, goneSeconds: seconds },
    ...{ cpuSeconds: 0, memory: { "node (program)": 100 }, stateWrites: 0, requests: 0 },
  });

  it("are ratios of medians; rows that failed do not count", () => {
    const rows = [3, 4, 5].map((seconds) => row("this project", "up", seconds));
    const found = findings([...rows, row("kubectl", "up", 2), row("kubectl", "up", 100, 1)], {
      ...{ start: 30, addresses: [0.3, 0.1, 1.5] },
    });
    expect(found).toEqual([
      { goal: "up until ready / kubectl apply and wait", value: 2, limit: 1.6, isMet: false },
      { goal: "an address answers after its pod is ready, in seconds", value: 0.3, limit: 1, isMet: true },
      { goal: "npm start, warm, in seconds", value: 30, limit: 40, isMet: true },
    ]);
  });
});

describe("the page of results", () => {
  const row = (contender: string, seconds: number, exitCode = 0): Measurement => ({
    ...{ size: 8, manners: "well-behaved", contender, step: "up", seconds, goneSeconds: 0, exitCode },
    ...{ cpuSeconds: 5, memory: { "node (program)": 200, pulumi: 150 }, stateWrites: 90, requests: 300 },
  });
  const page = results(
    [row("one", 10), row("one", 12), row("one", 11), row("two", 1, 1), row("two", 9)],
    [],
    {
      contenders: ["one", "two"].map((name) => ({
        name,
        options: "",
        prepare: () => Promise.reject(new Error()),
      })),
      ...{ rounds: 3, versions: { Node: "v24" } },
    },
  );
  const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const cells = (name: string) => rows.find((row) => row[1] === name && row.length > 5);

  it("has the median, the least and the most", () => {
    expect(cells("one")?.[2]).toBe("11.0 s (10.0-12.0)");
    expect(cells("one")?.at(-2)).toBe("0");
  });

  it("counts what failed, and leaves out what it took", () => {
    expect(cells("two")?.[2]).toBe("9.0 s");
    expect(cells("two")?.at(-2)).toBe("1");
  });
});
