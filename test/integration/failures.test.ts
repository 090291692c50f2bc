import { beforeAll, expect, it } from "vitest";
import { causes } from "../../cli/diagnosis/rules/causes.ts";
import { diagnosed } from "../failures/diagnose.ts";
import { useFaultyServer } from "../failures/faultyServer.ts";
import { scenarios } from "../failures/scenarios/index.ts";
import { sampleOf, tellSeed } from "./sampleSeed.ts";

beforeAll(() => {
  tellSeed("test:failures");
});
useFaultyServer();

it("has a broken environment for every cause", () => {
  expect(new Set(scenarios.map(({ cause }) => cause))).toEqual(new Set(Object.keys(causes)));
});

it.concurrent.each(sampleOf(scenarios, 5))(
  "says why: $cause ($what)",
  { timeout: 180_000 },
  async (scenario) => {
    await diagnosed(scenario);
  },
);
