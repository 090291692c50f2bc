import type { V1ContainerStatus, V1Pod } from "#bundled/kubernetes";

/** What is told of a pod's containers, those that run before the others first. */
export function containerStatuses({ status }: V1Pod): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}
