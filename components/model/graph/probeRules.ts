import { z } from "zod";
import { wholeNumber } from "./demands.ts";
import { askedPort, type Ported } from "./ports.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { checkArguments } from "../rules/size.ts";

/** Of what a probe is. */
export const probeOf = (command: z.ZodType) => ({
  command: command.optional(),
  grpcPort: wholeNumber(1, 65535, 9090).optional(),
});

export const probeMust = 'an object of command or grpcPort, such as {"command": ["pg_isready"]}';

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
