import type { ConnectionsArguments, ReadinessArguments } from "../../readiness/arguments.ts";
import { programCommand } from "../../readiness/command.ts";
import type { ReadinessTarget } from "../../readiness/target.ts";
import { revisionPort } from "../graph/revision.ts";
import { askedPort, type Ported } from "../graph/ports.ts";
import { exposedPort } from "../graph/exposure.ts";
import type { Service } from "../graph/service.ts";
import type { Gateway } from "./gateway.ts";
import { noIndex, type Route } from "./route.ts";
import { suggestion } from "../rules/suggestion.ts";
import { shown } from "../rules/shown.ts";

/** Seconds until an environment must be ready: a broken one ends within three minutes, start and removal included. */
export const defaultReadyWithinSeconds = 140;

/** What the readiness Job checks, in the graph's order: the first one that fails is the root cause. */
export function readinessTargets(
  services: Service[],
  application: string,
  commit: string,
): ReadinessTarget[] {
  if (!services.some(({ name }) => name === application))
    throw new Error(
      `application ${shown(application)} is not among the services: ${suggestion(
        application,
        services.map(({ name }) => name),
      )}`,
    );
  return services.flatMap((service) => targetOf(service, service.name === application ? commit : undefined));
}

/** What is asked of a service; nothing of one that takes no connections. @param commit where it must report it. */
function targetOf(service: Service, commit: string | undefined): ReadinessTarget[] {
  const asked = askedPort(service);
  if (asked === undefined) return [];
  const target = {
    service: service.name,
    host: service.name,
    port: asked.port,
    ...(service.healthPath !== undefined && { healthPath: service.healthPath }),
    ...(service.seed !== undefined && { isSeeded: true }),
    ...((service.replicas ?? 1) > 1 && { replicas: service.replicas }),
    ...(commit !== undefined &&
      service.commitPath !== undefined && { commitPath: service.commitPath, commit }),
  };
  return [target];
}

/** The same targets, each with where its new pods answer. @param host of the Service that `revisionPorts` describes. */
export function throughRevisions(targets: ReadinessTarget[], host: string): ReadinessTarget[] {
  return targets.map((target, index) => ({ ...target, pods: { host, port: revisionPort(index) } }));
}

/** The same targets, each with its address outside of the cluster where it has one that can be asked for. */
export function throughGateway(
  targets: ReadinessTarget[],
  services: Service[],
  addresses: Route[],
  { inside, tls = true, name }: Gateway,
): ReadinessTarget[] {
  if (inside === undefined) return targets;
  const gateway = { host: inside.host, port: inside.port };
  return targets.map((target) => {
    const service = services.find((one) => one.name === target.service);
    const address = addresses.find((one) => one.service === target.service);
    if (service === undefined || address === undefined) return target;
    const route = {
      ...{ host: address.host, gateway, tls, ...askedPath(target, service, address.path) },
      ...(name !== undefined && { mark: noIndex }),
    };
    return { ...target, route };
  });
}

/** The page with the commit where that is called from outside, else what people call first. */
function askedPath({ commitPath, commit }: ReadinessTarget, service: Service, path: string) {
  const isCalled = askedPort(service)?.port === exposedPort(service)?.port;
  const isWithin = commitPath !== undefined && (path === "/" || `${commitPath}/`.startsWith(`${path}/`));
  return isCalled && isWithin && commit !== undefined ? { path: commitPath, commit } : { path };
}

/** Command of the readiness Job. @param argument from `readinessArgument`. */
export function readinessCommand<Text>(argument: Text): (string | Text)[] {
  return programCommand("readiness", argument);
}

/** What the readiness Job's program is told. */
export function readinessArgument(targets: ReadinessTarget[], withinSeconds: number): string {
  return JSON.stringify({ targets, withinSeconds } satisfies ReadinessArguments);
}

/** Seconds that a test Job waits for its connections. */
const connectionsWithin = 30;

/** Command that ends once all services take connections, of which those without a port take none. */
export function connectionsCommand(
  services: (Ported & { name: string })[],
  withinSeconds = connectionsWithin,
): string[] {
  const addresses = services.flatMap((service) => {
    const { port } = askedPort(service) ?? {};
    return port === undefined ? [] : [{ service: service.name, host: service.name, port }];
  });
  const argument = { services: addresses, withinSeconds } satisfies ConnectionsArguments;
  return programCommand("connections", JSON.stringify(argument));
}
