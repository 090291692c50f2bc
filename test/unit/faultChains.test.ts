import fc from "fast-check";
import { expect, it } from "vitest";
import { chains } from "../faults/chains.ts";
import { faults, grid } from "../faults/fault.ts";
import "./seed.ts";

it("every fault is tried once, on an environment that is there or not, as it needs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.integer(), (count, seed) => {
      const all = count === 0 ? [] : faults(count, seed);
      const chained = chains(all);
      expect(new Set(chained.flat())).toEqual(new Set(all));
      expect(chained.flat().length).toBe(all.length);
      for (const chain of chained) {
        expect(chain.length).toBeGreaterThan(0);
        for (const [index, { operation }] of chain.entries())
          if (index > 0) expect([operation, chain[index - 1]?.next]).toEqual(["down", "up"]);
      }
    }),
  );
});

it("chains spare most of the runs that only make an environment", () => {
  const all = grid(1, 1);
  const removals = all.filter(({ operation }) => operation === "down");
  const made = chains(all).filter(([first]) => first?.operation === "down");
  expect(removals.length).toBeGreaterThan(200);
  expect(made.length).toBe(0);
});
