import { text } from "./demands.ts";
import { mainPort, type OpenPort, portsOverTcp } from "./ports.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { suggestion } from "../rules/suggestion.ts";

/** Of what `exposure` is. */
export const exposure = {
  // What a prefix of the Gateway API may be.
  path: text(
    /^(?!.*(\/\/|\/\.{1,2}(\/|$)|%2[fF]))\/[\w.~!$&'()*+,;=:@%/-]*$/,
    "a path that begins with /, such as /api",
  ).optional(),
  port: text(/^\S+$/, "the name of one of its ports, such as admin").optional(),
};

/** The services that are called from outside. */
export function exposedServices<S extends Service>(services: S[]): S[] {
  return services.filter(({ exposure, exposed = exposure !== undefined }) => exposed);
}

/** The port that is called from outside; none where the service has none that could be. */
export function exposedPort(service: Service): OpenPort | undefined {
  const { port = mainPort } = service.exposure ?? {};
  return portsOverTcp(service).find(({ name }) => name === port);
}

/** @throws when a service is exposed that has no such port. */
export function checkExposure(service: Service): void {
  const of = `of service ${shown(service.name)}`;
  const { exposed, exposure } = service;
  if (exposed === false && exposure !== undefined)
    throw new Error(`exposed ${of} is false, but exposure says what reaches it: leave one of the two out`);
  if (exposedServices([service]).length === 0 || exposedPort(service) !== undefined) return;
  const { port } = exposure ?? {};
  if (port === undefined)
    throw new Error(`exposed ${of} has no port that could be called from outside: give port, such as 80`);
  const known = portsOverTcp(service).map(({ name }) => name);
  throw new Error(
    `exposure.port ${of} is ${shown(port)}, which none of its ports over TCP is: ${suggestion(port, known)}`,
  );
}
