import type { Openings } from "../../components/model/networkPolicies.ts";
import { plan } from "../../components/model/plan.ts";
import type { Service } from "../../components/model/service.ts";
import { deals } from "../../example/service.ts";
import { goldenStacks } from "./stacks.ts";

/** What decides on the connections of an environment. */
export interface Graph {
  services: Service[];
  openings: Openings;
}

/** The service graph that each golden file was made from. */
export const graphs: Record<string, Graph> = Object.fromEntries(
  Object.entries(goldenStacks).map(([name, stack]) => {
    const environment = "environment" in stack ? stack.environment : { application: deals, ...stack.changes };
    return [`${name}.yaml`, graphOf(environment)];
  }),
);

function graphOf(environment: Parameters<typeof plan>[0]): Graph {
  const { services, rules } = plan(environment);
  const { ingressController } = environment;
  return { services, openings: { egress: rules.egress, ingressController } };
}
