import type { EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { RouteObject } from "../../kubernetes/route.ts";
import type { Finding } from "./finding.ts";
import { oneLine } from "./oneLine.ts";

/** What gateways say of the route of a service whose address does not answer. */
export function withRoute(finding: Finding, { routes = [] }: EnvironmentState): Finding {
  if (finding.cause !== "no-address") return finding;
  const route = routes.find(({ metadata }) => metadata?.name === finding.service);
  if (route === undefined) return finding;
  const said = saidOf(route);
  const evidence = said === undefined ? finding.evidence : `${finding.evidence}; ${said}`;
  return { ...finding, object: `HTTPRoute/${finding.service}`, evidence };
}

function saidOf({ status }: RouteObject): string | undefined {
  const parents = status?.parents ?? [];
  if (parents.length === 0) return "no gateway has taken up its route";
  const refused = parents
    .flatMap(({ conditions = [] }) => conditions)
    .find((condition) => condition.status === "False");
  if (refused === undefined) return undefined;
  const { type, reason, message } = refused;
  return oneLine(`its route has ${type} False: ${reason}${message === "" ? "" : `: ${message}`}`);
}
