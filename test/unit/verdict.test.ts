import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { malformed } from "../../components/model/lifetime/markForms.ts";
import { judge, Verdict } from "../../cli/fleet/verdict.ts";
import { anyFleet, anyView, environmentOf, now, view } from "./randomFleet.ts";
import { cases, old } from "./verdictCases.ts";
import "./seed.ts";

describe("an environment", () => {
  it.each(cases)("of which %s", (_what, environment, verdict, reason, isDue, changes = {}) => {
    expect(judge(environment, { ...view, ...changes })).toMatchObject({ verdict, reason, isDue });
  });

  it("is judged whatever its marks are, and is due only where they have their form", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("s", "..", "main", view.project, "99999d", "1m", "fork", "+275760-09-13T00:00:00Z"),
    );
    const keys = [
      "project",
      "ref",
      "commit",
      "stack",
      "ttl",
      "trust",
      "deployed",
      "expires",
      "pinned",
    ] as const;
    const marks = fc.record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(marks, (given) => {
        const environment = environmentOf("s", { created: old, marks: given });
        const { verdict, isDue, reason } = judge(environment, view);
        expect(reason).not.toMatch(/[\p{Cc}\u2028]/u);
        if (isDue) expect(malformed(environment.namespace?.marks ?? {})).toBeUndefined();
        if (isDue) expect(verdict).toMatch(/^(expired|orphaned)$/);
      }),
      { numRuns: 300 },
    );
  });

  it("has every verdict in these examples", () => {
    expect(new Set(cases.map(([, , verdict]) => verdict))).toEqual(new Set(Object.values(Verdict)));
  });

  it("gets one verdict with a reason, always the same, whatever it is like", () => {
    fc.assert(
      fc.property(anyFleet, anyView, (fleet, someView) => {
        for (const environment of fleet) {
          const judgement = judge(environment, someView);
          expect(Object.values(Verdict)).toContain(judgement.verdict);
          expect(judgement.reason).not.toBe("");
          expect(judge(structuredClone(environment), someView)).toEqual(judgement);
        }
      }),
    );
  });

  it("is due only for what was said before it came to be so", () => {
    expect(now.getTime()).toBeGreaterThan(old.getTime());
    fc.assert(
      fc.property(anyFleet, anyView, (fleet, someView) => {
        for (const environment of fleet) {
          const { verdict, isDue } = judge(environment, someView);
          if (!isDue) continue;
          expect(["expired", "orphaned", "stateless", "empty"]).toContain(verdict);
          // What must hold, said without the rules that are tested.
          const marks = environment.namespace?.marks ?? environment.state?.marks ?? {};
          expect(marks.project).toBe(someView.project);
          expect(["", "false", undefined]).toContain(marks.pinned);
          expect(someView.now).toBeDefined();
          const { namespace } = environment;
          if (namespace === undefined) {
            expect([someView.context, undefined]).toContain(environment.state?.context);
            continue;
          }
          expect(namespace).toMatchObject({ isOurs: true, isTerminating: false });
          expect(namespace.marks.stack).toBe(environment.stack);
          if (verdict !== "orphaned") continue;
          expect(someView.branches.problem).toBeUndefined();
          expect(namespace.marks.ref).toBe("feature/gone");
          expect(someView.branches.names.has("refs/heads/feature/gone")).toBe(false);
        }
      }),
    );
  });
});
