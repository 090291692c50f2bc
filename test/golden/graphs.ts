import { definitionOf } from "../../components/services/deployedService.ts";
import type { EphemeralEnvironmentArgs } from "../../components/environment/ephemeralEnvironmentArgs.ts";
import type { Openings } from "../../components/model/objects/networkPolicies.ts";
import { plan } from "../../components/model/plan.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { deals as application } from "../../example/shop.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import type { Settings } from "../../stacks/settings.ts";
import { goldenStacks } from "./stacks.ts";

const deals: Service = { name: "deals", ...application };

/** What decides on the connections of an environment. */
export interface Graph {
  services: Service[];
  openings: Openings;
}

/** The service graph that each golden file was made from. */
export const graphs: Record<string, Graph> = Object.fromEntries(
  Object.entries(goldenStacks).map(([name, stack]) => {
    return [`${name}.yaml`, graphOf("environment" in stack ? ofEnvironment(stack) : ofSettings(stack))];
  }),
);

function ofEnvironment({ environment }: { environment: EphemeralEnvironmentArgs }): PlanInput {
  const { application, services = [], backing, trust, podSecurity, gateway } = environment;
  return {
    application: definitionOf(application),
    services: services.map(definitionOf),
    ...backing,
    ...(trust && { trust }),
    ...(podSecurity && { podSecurity }),
    gateway,
  };
}

function ofSettings({ changes: { services, functions, trust } }: { changes: Partial<Settings> }): PlanInput {
  return { application: deals, catalogue: sockShop, names: services, functions, ...(trust && { trust }) };
}

type PlanInput = Parameters<typeof plan>[0];

function graphOf(environment: PlanInput): Graph {
  const { services, rules, gateway } = plan(environment);
  return { services, openings: { egress: rules.egress, gateway } };
}
