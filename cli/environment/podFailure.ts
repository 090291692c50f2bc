import type { V1Pod } from "#bundled/kubernetes";
import { ownStatus } from "../kubernetes/containerStatuses.ts";

/** How the pod of a Job that is over has failed; nothing where its own container ended well. */
export function podFailure(pod: V1Pod): string | undefined {
  const exitCode = ownStatus(pod)?.state?.terminated?.exitCode;
  if (exitCode === 0 || (exitCode === undefined && pod.status?.phase === "Succeeded")) return undefined;
  if (pod.status?.reason === "DeadlineExceeded")
    return `it did not end within ${String(pod.spec?.activeDeadlineSeconds)} s`;
  return `its container ended with exit code ${String(exitCode ?? "unknown")}`;
}
