import type { V1ContainerStatus, V1Pod } from "#bundled/kubernetes";
import {
  companionsAnnotation,
  connectionsContainer,
  nameLabel,
  roleLabel,
  stepOf,
} from "../../components/model/index.ts";

/** Reason of a Job that `dynenv` ended since its own container had failed; its message is the container's. */
export const containerFailed = "ContainerFailed";

/** The container that the environment's program gave a pod; any other was injected, such as a proxy. */
export function ownContainer({ metadata }: V1Pod): string | undefined {
  return metadata?.labels?.[roleLabel] ?? metadata?.labels?.[nameLabel];
}

/** Whether the environment's program put a container beside that one. */
export function isCompanion({ metadata }: V1Pod, container: string): boolean {
  return metadata?.annotations?.[companionsAnnotation]?.split(",").includes(container) ?? false;
}

/** Whether a container is none of those that the environment's program gave a pod. */
export function isInjected(pod: V1Pod, container: string): boolean {
  const role = pod.metadata?.labels?.[roleLabel];
  const isOfJob = role !== undefined && container === connectionsContainer;
  return container !== ownContainer(pod) && !isOfJob && !stepOf(role, container);
}

/** What is told of a pod's containers, those that run before the others first. */
export function containerStatuses({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** What is told of the environment's own container. */
export function ownStatus(pod: V1Pod): V1ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(({ name }) => name === ownContainer(pod));
}
