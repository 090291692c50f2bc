import fc from "fast-check";
import { expect, it } from "vitest";
import { judgedHealth } from "../../components/readiness/judgement.ts";
import "./seed.ts";

it("a health page of any form is judged", () => {
  const entry = fc.oneof(
    fc.record({ service: fc.jsonValue(), status: fc.constantFrom("ok", "OK", "err", null, 5) }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const body = JSON.stringify({ health: entries });
      const { failure, dependency = "" } = judgedHealth(
        { asked: "GET /health", status: 200, body },
        "/health",
      );
      const isFine = (one: unknown) =>
        String((one as { status?: unknown } | null)?.status).toLowerCase() === "ok";
      expect(failure === undefined).toBe(entries.every(isFine));
      expect(typeof dependency).toBe("string");
    }),
  );
});
