import { z } from "zod";
import { wholeNumber } from "./demands.ts";
import { askedPort, type OpenPort, type Ported, portsOverTcp } from "./ports.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { suggestion } from "../rules/suggestion.ts";
import { checkArguments } from "../rules/size.ts";

/** Of what a probe is. */
export const probeOf = (command: z.ZodType) => ({
  command: command.optional(),
  grpcPort: wholeNumber(1, 65535, 9090).optional(),
});

export const probeMust = 'an object of command or grpcPort, such as {"command": ["pg_isready"]}';

/** Of what liveness is. */
export const liveness = (path: z.ZodType) => ({
  path,
  port: z.string("the name of one of its ports, such as admin").optional(),
});

export const livenessMust = 'an object with a path, such as {"path": "/alive"}';

/** The port that is asked whether a container works; none where the service has none that could be. */
export function livenessPort(service: Pick<Service, "liveness"> & Ported): OpenPort | undefined {
  const { port } = service.liveness ?? {};
  return port === undefined ? askedPort(service) : portsOverTcp(service).find(({ name }) => name === port);
}

/** @throws when there is no port that could be asked. */
export function checkLiveness(service: Service): void {
  const { name, liveness } = service;
  if (liveness === undefined || livenessPort(service) !== undefined) return;
  const of = `of service ${shown(name)}`;
  if (liveness.port === undefined)
    throw new Error(`liveness ${of} has no port that could be asked: give port, such as 8080`);
  const known = portsOverTcp(service).map((one) => one.name);
  throw new Error(
    `liveness.port ${of} is ${shown(liveness.port)}, which none of its ports over TCP is: ${suggestion(liveness.port, known)}`,
  );
}

/** Whether anything tells of a container that it is ready. */
export function isProbed(service: Pick<Service, "probe"> & Ported): boolean {
  return service.probe !== undefined || askedPort(service) !== undefined;
}

/** @throws when a probe asks nothing or two things, or a time waits for nothing. */
export function checkProbe(service: Service): void {
  const { name, probe, startsWithinSeconds } = service;
  const of = `of service ${shown(name)}`;
  if (probe !== undefined && (probe.command === undefined) === (probe.grpcPort === undefined))
    throw new Error(`probe ${of} must have either command or grpcPort, such as {"command": ["pg_isready"]}`);
  checkArguments(`probe.command ${of}`, probe?.command);
  if (startsWithinSeconds !== undefined && !isProbed(service))
    throw new Error(
      `startsWithinSeconds ${of} has nothing that tells that it has started: give port, or probe, such as {"command": ["test", "-f", "/tmp/ready"]}`,
    );
}
