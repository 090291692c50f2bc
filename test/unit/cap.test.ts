import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCap, type ResourceCap } from "../../components/model/graph/cap.ts";
import { formatCpu, formatBytes, parseCpu, parseBytes } from "../../components/model/rules/quantities.ts";
import { quota } from "../../components/model/objects/quota.ts";
import { graphs } from "./randomServices.ts";
import "./seed.ts";

const need = {
  pods: "8",
  "limits.cpu": "4500m",
  "limits.memory": "1536Mi",
  "limits.ephemeral-storage": "6Gi",
};

function check(cap: unknown, hard: Record<string, string> = need) {
  return () => {
    checkCap(hard, cap as ResourceCap);
  };
}

const parts = ["pods", "cpu", "memory", "ephemeralStorage"];
const limitOf = {
  pods: "pods",
  cpu: "limits.cpu",
  memory: "limits.memory",
  ephemeralStorage: "limits.ephemeral-storage",
};

const quotas = fc
  .tuple(graphs, fc.boolean())
  .map(([services, surge]) => quota(services, { surge }))
  .map((hard) => ({
    hard,
    pods: Number(hard.pods),
    cpu: parseCpu(hard["limits.cpu"] ?? ""),
    memory: parseBytes(hard["limits.memory"] ?? ""),
    storage: parseBytes(hard["limits.ephemeral-storage"] ?? ""),
  }));

describe("a cap", () => {
  it("that equals the need passes, and so does one without some of its parts", () => {
    fc.assert(
      fc.property(quotas, fc.subarray(parts), ({ hard, pods, cpu, memory, storage }, chosen) => {
        const cap = {
          ...{ pods, cpu: formatCpu(cpu), memory: formatBytes(memory) },
          ephemeralStorage: formatBytes(storage),
        };
        const given = Object.fromEntries(Object.entries(cap).filter(([part]) => chosen.includes(part)));
        expect(check(given, hard)).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it("that is one step below the need fails, and says what is needed and what is allowed", () => {
    fc.assert(
      fc.property(quotas, ({ hard, pods, cpu, memory, storage }) => {
        const whole = { pods, cpu: formatCpu(cpu), memory: formatBytes(memory) };
        const below: [keyof ResourceCap, string | number][] = [
          ["pods", pods - 1],
          ["cpu", `${String(cpu - 1)}m`],
          ["memory", String(memory - 1)],
          ["ephemeralStorage", String(storage - 1)],
        ];
        for (const [part, allowed] of below) {
          const needed = String(hard[limitOf[part]]);
          expect(check({ ...whole, [part]: allowed }, hard)).toThrow(
            new Error(
              `cap.${part} is ${String(allowed)} but the environment needs ${needed}: raise the cap to ${needed} or deploy fewer services`,
            ),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, ResourceCap]>([
    ["cores", { cpu: "4.5" }],
    ["cores that round to more", { cpu: "4.4999" }],
    ["mebibytes and gibibytes", { memory: "1.5Gi" }],
    ["powers of ten", { memory: "1611M" }],
  ])("may be given in %s", (_unit, cap) => {
    expect(check(cap)).not.toThrow();
  });
});

describe("a cap that is exceeded in several ways", () => {
  it("tells of the pods first", () => {
    expect(check({ pods: 1, cpu: "1", memory: "1Mi" })).toThrow(/^cap\.pods is 1 but/);
    expect(check({ cpu: "1", memory: "1Mi" })).toThrow(/^cap\.cpu is 1 but/);
  });
});

describe("a wrong cap", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "of %d pods is refused in one sentence",
    (pods) => {
      expect(check({ pods })).toThrow(
        new Error(`cap.pods is ${String(pods)} but must be a whole number of pods, such as 20`),
      );
    },
  );

  it("of pods in a text is refused", () => {
    expect(check({ pods: "20" })).toThrow(
      new Error('cap.pods is "20" but must be a whole number of pods, such as 20'),
    );
  });

  it("with a part that there is not is refused, not taken for none", () => {
    expect(check({ pod: 1 })).toThrow(
      new Error("cap has the unknown key pod: known are cpu, ephemeralStorage, memory, pods"),
    );
    expect(check({ memroy: "1Gi" })).toThrow(
      new Error("cap has the unknown key memroy: did you mean memory?"),
    );
    expect(check({ disk: "1Gi" })).toThrow(
      new Error("cap has the unknown key disk: known are cpu, ephemeralStorage, memory, pods"),
    );
  });

  it.each(["1gb", "", "-1", "1 Gi", "8Gi", "0"])("of %j CPU is refused in one sentence", (cpu) => {
    expect(check({ cpu })).toThrow(
      new Error(`cap.cpu is "${cpu}" but must be a CPU quantity above zero, such as 250m or 1.5`),
    );
  });

  it.each(["1gb", "", "-1Gi", "1 Gi", "500m", "0Mi"])("of %j memory is refused in one sentence", (memory) => {
    expect(check({ memory })).toThrow(
      new Error(`cap.memory is "${memory}" but must be a memory quantity above zero, such as 128Mi or 1Gi`),
    );
  });
});
