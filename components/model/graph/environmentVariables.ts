import { addressVariables } from "./addresses.ts";
import { usedServices } from "./graph.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";

/** Name of the Secret that holds the generated password of a service, under the key `password`. */
export function passwordSecretName(service: string): string {
  return `${service}-password`;
}

/** A container's environment variable, as Kubernetes takes it. */
export interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

/**
 * Environment of a service's container: addresses of what it uses, its generated passwords, its own variables, and
 * those that go with an optional use whose service is deployed.
 */
export function environmentVariables(service: Service, services: Service[]): Variable[] {
  const used = usedServices(service, services);
  const addresses = used.flatMap(addressVariables);
  const owned = Object.entries(service.passwords ?? {}).filter(([, owner]) =>
    services.some(({ name }) => name === owner),
  );
  const passwords = owned.map(([name, owner]) => ({
    name,
    valueFrom: { secretKeyRef: { name: passwordSecretName(owner), key: "password" } },
  }));
  const withOptionalUses = (service.optionalUses ?? [])
    .filter((use) => used.some(({ name }) => name === use.service))
    .map(({ environment }) => environment);
  const own = Object.entries(
    Object.assign({}, service.environment, ...withOptionalUses) as Record<string, string>,
  );
  const all = [...addresses, ...passwords, ...own.map(([name, value]) => ({ name, value }))];
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  if (twice !== undefined)
    throw new Error(
      `variable ${twice.name} of service ${shown(service.name)} is set twice: give it another name, since those that tell addresses and passwords are taken`,
    );
  return all;
}
