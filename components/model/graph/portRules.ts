import { z } from "zod";
import { text, wholeNumber } from "./demands.ts";
import { askedPort, mainPort, portsOf } from "./ports.ts";
import { addressVariables } from "./addresses.ts";
import type { Service } from "./service.ts";
import { refusal } from "../rules/form.ts";
import { mapping } from "../rules/mapping.ts";
import { shown } from "../rules/shown.ts";
import { suggestion } from "../rules/suggestion.ts";

export const port = wholeNumber(1, 65535, 80);

/** Below 1024 a process needs a privilege, which root alone has. */
const firstOfUsers = 1024;
const ofUsers = `a whole number from ${String(firstOfUsers)} to 65535, such as 8080`;
export const containerPort = z.int(ofUsers).min(1, ofUsers).max(65535, ofUsers);

// As Kubernetes takes names of ports, IANA's rule.
const portName = text(
  /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  "a name of at most 15 lower-case letters, digits and single dashes with a letter among them, such as metrics",
).refine(
  (name) => name !== mainPort,
  `another name than ${mainPort}, which that of port is, such as metrics`,
);

/** Of what a further port is. */
export const furtherPort = {
  port,
  containerPort: containerPort.optional(),
  protocol: z.enum(["TCP", "UDP"], "TCP or UDP").optional(),
};

export const ports = mapping(
  portName,
  z.strictObject(furtherPort, 'an object with a port, such as {"port": 9100}'),
  'an object from name to port, such as {"metrics": {"port": 9100}}',
);

/** @throws when a service's ports do not go with each other, or it lacks one that something else of it needs. */
export function checkPorts(service: Service): void {
  const { name, port, containerPort, ports = {}, user } = service;
  const of = `of service ${shown(name)}`;
  if (port === undefined && containerPort !== undefined)
    throw new Error(`containerPort ${of} has no port that leads to it: give port, such as 80`);
  if (user !== 0) {
    if (port !== undefined && (containerPort ?? port) < firstOfUsers)
      throw new Error(refusal(`containerPort ${of}`, containerPort, ofUsers));
    for (const [key, one] of Object.entries(ports))
      if ((one.containerPort ?? one.port) < firstOfUsers)
        throw new Error(refusal(`ports.${key}.containerPort ${of}`, one.containerPort, ofUsers));
  }
  checkNumbers(service, of);
  checkNeeds(service, of);
}

function checkNumbers(service: Service, of: string): void {
  const all = portsOf(service);
  for (const [index, { name, port, protocol }] of all.entries()) {
    const other = all.slice(0, index).find((one) => one.port === port && one.protocol === protocol);
    if (other === undefined) continue;
    const first = other.name === mainPort ? "port" : `ports.${other.name}`;
    throw new Error(
      `${first} and ports.${name} ${of} are both ${String(port)} over ${protocol}: give one of them another number`,
    );
  }
}

function checkNeeds(service: Service, of: string): void {
  const { healthPort } = service;
  const overTcp = portsOf(service).filter(({ protocol }) => protocol === "TCP");
  if (healthPort !== undefined && !overTcp.some(({ name }) => name === healthPort)) {
    const known = overTcp.map(({ name }) => name).filter((name) => name !== mainPort);
    const advice =
      known.length > 0 ? suggestion(healthPort, known) : 'give ports, such as {"health": {"port": 8081}}';
    throw new Error(
      `healthPort ${of} is ${shown(healthPort)}, which none of its ports over TCP is: ${advice}`,
    );
  }
  for (const key of ["healthPath", "commitPath"] as const)
    if (service[key] !== undefined && askedPort(service) === undefined)
      throw new Error(`${key} ${of} has no port to be asked on: give port, such as 80`);
}

/** @throws when one variable would tell the addresses of two ports. */
export function checkAddresses(services: Service[]): void {
  const owners = new Map<string, string>();
  for (const service of services)
    for (const { name, value } of addressVariables(service)) {
      const other = owners.get(name);
      if (other !== undefined)
        throw new Error(
          `variable ${name} would tell both ${other} and ${value}: give the port or the service another name`,
        );
      owners.set(name, value);
    }
}
