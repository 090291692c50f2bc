import { shortHash } from "../rules/names.ts";
import type { Service } from "./service.ts";

/**
 * Name of what a pod template says, as a whole: the name of the container's port. Kubernetes routes a port that a
 * Service takes by name to those pods alone that have one of that name. Of at most 15 characters, as ports' names are.
 */
export function revisionOf(podTemplate: unknown): string {
  return `r${shortHash(JSON.stringify(podTemplate))}`;
}

/** Annotation of the readiness Job's pod: the name of the Service through which it asks. */
export const revisionsAnnotation = "dynenv/revisions";

/** First port of the Service that reaches the pods of given revisions: `fetch` refuses some ports below 10081. */
const firstPort = 20_000;

/** Port of that Service which reaches the pods of the service with this index. */
export function revisionPort(index: number): number {
  return firstPort + index;
}

/** Ports of that Service: one for each service, in order, to the pods of its revision alone. */
export function revisionPorts(services: string[], revisions: Record<string, string>) {
  return services.map((name, index) => ({
    name,
    port: revisionPort(index),
    targetPort: revisions[name] ?? "",
  }));
}

/**
 * Name of that Service: another one for other revisions, so that whatever is known of an old one never counts, and for
 * services with other policies or seeds, which leave the pods as they are.
 */
export function revisionServiceName(services: Service[], revisions: Record<string, string>): string {
  return `readiness-${shortHash(JSON.stringify([services, Object.entries(revisions).toSorted()]))}`;
}

/**
 * @param revisions programs in other languages may leave it out.
 * @throws when a service has no revision, so that nobody could say which of its pods are new.
 */
export function checkRevisions(services: Service[], revisions: Record<string, unknown> = {}): void {
  const names = Object.keys(revisions);
  const missing = services.find(({ name }) => !names.includes(name))?.name;
  if (missing !== undefined)
    throw new Error(
      `revisions has no ${missing}, which is among the services: give that of its ServiceDeployment`,
    );
}
