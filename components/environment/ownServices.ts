import type { DeployedService } from "../services/deployedService.ts";
import type { ServiceDeployment } from "../services/serviceDeployment.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";

/** The project's own services: the application, which comes first, and those beside it. */
export function ownServices({ application, services = [] }: EphemeralEnvironmentArgs): DeployedService[] {
  return [application, ...services];
}

/** Where own services are reached; nobody calls those without a port. */
export function addressesOf(own: Record<string, ServiceDeployment>, args: EphemeralEnvironmentArgs) {
  const called = ownServices(args).filter(({ port }) => port !== undefined);
  return Object.fromEntries(called.flatMap(({ name }) => (own[name] ? [[name, own[name].address]] : [])));
}

export function mapped<T, U>(values: Record<string, T>, to: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}
