import { askedPort } from "../graph/ports.ts";
import { isProbed, livenessPort } from "../graph/probeRules.ts";
import type { Service } from "../graph/service.ts";

/** Seconds that a container must have run where nothing else tells that it works: one that fails at its start is not ready. */
const secondsOfATrial = 5;

/** Seconds that a pod of a service must have been ready before it counts. */
export function trialSeconds(service: Service): number {
  return isProbed(service) ? 0 : secondsOfATrial;
}

type Probe = NonNullable<ReturnType<typeof probeOf>> & { failureThreshold: number };

/** Seconds in which a container may start that nothing else is said of: its liveness counts only then. */
const longestStart = 3600;

/** The probes of a service's container. */
export function probesOf(service: Service): {
  readinessProbe?: Probe;
  startupProbe?: Probe;
  livenessProbe?: Probe;
} {
  const probe = probeOf(service);
  if (probe === undefined) return {};
  const livenessProbe = livenessOf(service);
  const { startsWithinSeconds = livenessProbe && longestStart } = service;
  return {
    readinessProbe: { ...probe, failureThreshold: 3 },
    ...(startsWithinSeconds !== undefined && {
      startupProbe: { ...probe, failureThreshold: Math.ceil(startsWithinSeconds / probe.periodSeconds) },
    }),
    ...(livenessProbe && { livenessProbe }),
  };
}

/** Half a minute without an answer: a service that is merely busy must not be ended for it. */
function livenessOf(service: Service): Probe | undefined {
  const port = livenessPort(service)?.containerPort;
  if (service.liveness === undefined || port === undefined) return undefined;
  const { path } = service.liveness;
  return { httpGet: { path, port }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
}

/** Asks once a second: with the default of ten, a service that is up after one second is ready after ten. */
function probeOf(service: Service) {
  const { probe, healthPath } = service;
  // A program that is started to ask takes more of both.
  if (probe?.command !== undefined)
    return { exec: { command: probe.command }, periodSeconds: 2, timeoutSeconds: 5 };
  const often = { periodSeconds: 1, timeoutSeconds: 1 };
  if (probe?.grpcPort !== undefined) return { grpc: { port: probe.grpcPort }, ...often };
  const port = askedPort(service)?.containerPort;
  if (port === undefined) return undefined;
  const action = healthPath === undefined ? { tcpSocket: { port } } : { httpGet: { path: healthPath, port } };
  return { ...action, ...often };
}
