import { plan } from "../../components/model/plan.ts";
import type { Service } from "../../components/model/service.ts";
import { deals } from "../../example/service.ts";
import { goldenStacks } from "./stacks.ts";

/** The service graph that each golden file was made from. */
export const graphs: Record<string, Service[]> = Object.fromEntries(
  Object.entries(goldenStacks).map(([name, { functions, services }]) => [
    `${name}.yaml`,
    plan({ application: deals, functions, services }).services,
  ]),
);
