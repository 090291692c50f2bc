import { checkCap, type ResourceCap } from "./graph/cap.ts";
import { environmentVariables, type Variable } from "./graph/environmentVariables.ts";
import { checkOptionalUses, closure } from "./graph/graph.ts";
import { networkPolicies, type IngressController } from "./objects/networkPolicies.ts";
import { checkUsers, PodSecurity, podSecurityForm } from "./objects/podSecurity.ts";
import { quota } from "./objects/quota.ts";
import type { Catalogue, CatalogueService, Service } from "./graph/service.ts";
import { checkServices } from "./graph/serviceRules.ts";
import { subset, type Wanted } from "./graph/subset.ts";
import { checked } from "./rules/form.ts";
import { rulesOf, type TrustRules } from "./lifetime/trust.ts";

/** What decides on the services of an environment. */
interface PlanInput extends Wanted {
  application: Service;
  catalogue?: Catalogue;
  cap?: ResourceCap;
  trust?: string;
  podSecurity?: string;
  ingressController?: IngressController | undefined;
}

/** What an environment consists of. */
export interface Plan {
  rules: TrustRules;
  /** All services, dependencies first. */
  services: Service[];
  /** Those of the catalogue. */
  backing: CatalogueService[];
  /** Environment of each service's container, by the service's name. */
  variables: Record<string, Variable[]>;
}

/** Decides what an environment consists of. @throws on whatever is wrong with the services, before anything is created. */
export function plan(input: PlanInput): Plan {
  const {
    application,
    catalogue = { services: [], functions: {} },
    cap = {},
    ingressController,
    podSecurity = PodSecurity.restricted,
    ...wanted
  } = input;
  const rules = rulesOf(wanted.trust);
  const level = checked("podSecurity", podSecurity, podSecurityForm);
  checkServices([application], "application");
  checkOptionalUses([...catalogue.services, application]);
  const beside = subset(catalogue, wanted).map(({ name }) => name);
  const services = closure<Service>([...catalogue.services, application], [...beside, application.name]);
  checkUsers(services, level);
  const backing = catalogue.services.filter((service) => services.includes(service));
  checkCap(quota(services, rules), cap);
  // An egress that is never permitted.
  networkPolicies(services, { ...rules, ingressController });
  const variables = services.map((service) => [service.name, environmentVariables(service, services)]);
  return { rules, services, backing, variables: Object.fromEntries(variables) as Plan["variables"] };
}
