import { environmentVariables, type Variable } from "./graph/environmentVariables.ts";
import { checkOptionalUses, closure } from "./graph/graph.ts";
import { checkGateway, type Gateway } from "./objects/gateway.ts";
import { networkPolicies } from "./objects/networkPolicies.ts";
import { checkUsers, PodSecurity, podSecurityForm } from "./objects/podSecurity.ts";
import type { Catalogue, CatalogueService, Service } from "./graph/service.ts";
import { checkServices } from "./graph/serviceRules.ts";
import { subset, type Wanted } from "./graph/subset.ts";
import { checked } from "./rules/form.ts";
import { rulesOf, type TrustRules } from "./lifetime/trust.ts";

/** What decides on the services of an environment. */
interface PlanInput extends Wanted {
  application: Service;
  /** Those of the project's own beside it, which are always deployed. Default: `[]`. */
  services?: Service[];
  catalogue?: Catalogue;
  trust?: string;
  podSecurity?: string;
  gateway?: Gateway | undefined;
}

/** What an environment consists of. */
export interface Plan {
  rules: TrustRules;
  /** All services, dependencies first. */
  services: Service[];
  /** Those of the catalogue. */
  backing: CatalogueService[];
  /** By which its services are called from outside; absent where nobody may. */
  gateway?: Gateway;
  /** Environment of each service's container, by the service's name. */
  variables: Record<string, Variable[]>;
}

/** Decides what an environment consists of. @throws on whatever is wrong with the services, before anything is created. */
export function plan(input: PlanInput): Plan {
  const {
    application,
    services: own = [],
    catalogue = { services: [], functions: {} },
    gateway: given,
    podSecurity = PodSecurity.restricted,
    ...wanted
  } = input;
  const rules = rulesOf(wanted.trust);
  const level = checked("podSecurity", podSecurity, podSecurityForm);
  // Checked whoever is trusted.
  if (given !== undefined) checkGateway("gateway", given);
  const gateway = rules.exposed || given?.exposeForks === true ? given : undefined;
  checkServices([application], "application");
  own.forEach((service, index) => {
    checkServices([service], `services[${String(index)}]`);
  });
  const all: Service[] = [...catalogue.services, ...own, application];
  checkOptionalUses(all);
  const beside = subset(catalogue, wanted).map(({ name }) => name);
  const roots = [...beside, ...own.map(({ name }) => name), application.name];
  const services = closure(all, roots);
  checkUsers(services, level);
  const backing = catalogue.services.filter((service) => services.includes(service));
  // An egress that is never permitted.
  networkPolicies(services, { ...rules, gateway });
  const variables = services.map((service) => [service.name, environmentVariables(service, services)]);
  return {
    rules,
    services,
    backing,
    ...(gateway && { gateway }),
    variables: Object.fromEntries(variables) as Plan["variables"],
  };
}
