import type { V1Pod, V1Probe } from "#bundled/kubernetes";
import { probeAnswer } from "../../kubernetes/probeAnswer.ts";
import { eventsOf, type EnvironmentState } from "../../kubernetes/environmentState.ts";
import { oneLine } from "./oneLine.ts";

/** As the fields of a container name its probes, and as the kubelet's events do. */
type ProbeKind = "liveness" | "readiness" | "startup";

/**
 * What a probe of a container asked and was answered last, such as
 * `GET /health on port 80: HTTP probe failed with statuscode: 404`; nothing where no event tells of it.
 */
export function probeEvidence(
  pod: V1Pod,
  container: string,
  kind: ProbeKind,
  state: EnvironmentState,
): string | undefined {
  const unhealthy = eventsOf(state, pod.metadata?.uid).findLast(
    ({ reason, message = "", involvedObject: { fieldPath = "" } }) =>
      reason === "Unhealthy" &&
      message.toLowerCase().startsWith(`${kind} probe `) &&
      (fieldPath === "" || fieldPath.endsWith(`{${container}}`)),
  );
  if (unhealthy === undefined) return undefined;
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  const spec = [...initContainers, ...containers].find(({ name }) => name === container);
  return oneLine([...question(spec?.[`${kind}Probe`]), probeAnswer(unhealthy.message ?? "")].join(": "));
}

function question(probe: V1Probe | undefined): string[] {
  if (probe?.httpGet) return [`GET ${probe.httpGet.path ?? "/"} on port ${String(probe.httpGet.port)}`];
  if (probe?.tcpSocket) return [`port ${String(probe.tcpSocket.port)}`];
  if (probe?.grpc) return [`gRPC on port ${String(probe.grpc.port)}`];
  return probe?.exec?.command ? [probe.exec.command.join(" ")] : [];
}
