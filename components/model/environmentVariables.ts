import { address, usedServices } from "./graph.ts";
import type { Service } from "./service.ts";

/** Name of the Secret that holds the generated password of a service, under the key `password`. */
export function passwordSecretName(service: string): string {
  return `${service}-password`;
}

/** Environment variable that tells where a service is: `CATALOGUE_DB_ADDRESS` for `catalogue-db`. */
export function addressVariable(service: string): string {
  return `${service.toUpperCase().replaceAll("-", "_")}_ADDRESS`;
}

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

/** Environment of a service's container: addresses of what it uses, its generated passwords, its own variables. */
export function environmentVariables(service: Service, services: Service[]): Variable[] {
  const addresses = usedServices(service, services).map((used) => ({
    name: addressVariable(used.name),
    value: address(used),
  }));
  const passwords = Object.entries(service.passwords ?? {}).map(([name, owner]) => ({
    name,
    valueFrom: { secretKeyRef: { name: passwordSecretName(owner), key: "password" } },
  }));
  const own = Object.entries(service.environment ?? {}).map(([name, value]) => ({ name, value }));
  return [...addresses, ...passwords, ...own];
}
