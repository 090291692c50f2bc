import type { V1Pod } from "#bundled/kubernetes";
import type { ServiceReport } from "../../../components/model/index.ts";
import { hasCondition } from "../../kubernetes/conditions.ts";
import { ownContainer } from "../../kubernetes/containerStatuses.ts";
import { workload } from "../../kubernetes/workload.ts";
import { presentPods, type EnvironmentState } from "../../kubernetes/environmentState.ts";
import type { Finding } from "./finding.ts";
import { entryOf } from "./readinessMessage.ts";
import { usesOf, type Uses } from "./serviceOrder.ts";

interface Asked {
  pod: V1Pod;
  page: ServiceReport;
}

/** What the health pages say, where they were asked: of the service itself, or of one that it uses. */
export function pageFindings(state: EnvironmentState): Finding[] {
  const uses = usesOf(state.networkPolicies);
  const asked = presentPods(state).flatMap((pod): Asked[] => {
    const page = state.looks?.get(pod.metadata?.uid ?? "")?.page;
    return page?.failure === undefined ? [] : [{ pod, page }];
  });
  const silent = new Set(asked.filter(isSilent).map(({ page }) => page.service));
  return asked.flatMap((one) => [
    ...suspects(one, silent, uses, state),
    // Of one that is not ready, the rule for its probe tells.
    ...(one.page.dependency === undefined && !hasCondition(one.pod, "Ready") ? [] : [told(one, uses)]),
  ]);
}

function told({ pod, page }: Asked, uses: Uses): Finding {
  return { ...entryOf(page, (name) => uses.has(name)), object: objectOf(pod) };
}

function objectOf({ metadata }: V1Pod): string {
  return `Pod/${metadata?.name ?? ""}`;
}

/** Whether it takes connections, and then says nothing. */
function isSilent({ page }: Asked): boolean {
  return page.status === undefined && (page.failure?.includes("no answer within") ?? false);
}

/**
 * Those that a silent service may be waiting for: it uses them, they are asked for no more than a connection, and none of
 * what it uses is silent itself.
 */
function suspects(one: Asked, silent: Set<string>, uses: Uses, state: EnvironmentState): Finding[] {
  const used = uses.get(one.page.service) ?? [];
  if (!isSilent(one) || used.some((name) => silent.has(name))) return [];
  const pods = presentPods(state).filter((pod) => used.includes(workload(pod)) && !hasHealthPage(pod));
  return pods.map((pod) => ({
    ...{ cause: "silent", service: workload(pod), object: objectOf(pod) },
    evidence: `${one.page.service}, which uses it: ${one.page.asked}: no answer`,
  }));
}

function hasHealthPage(pod: V1Pod): boolean {
  const own = pod.spec?.containers.find(({ name }) => name === ownContainer(pod));
  return own?.readinessProbe?.httpGet !== undefined;
}
