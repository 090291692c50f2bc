import { addressVariables } from "./addresses.ts";
import { givenBy, givesPassword } from "./gives.ts";
import { usedServices } from "./graph.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { passwordVariable } from "./variableNames.ts";
import { environmentOf } from "./volume.ts";

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
 * Environment of a service's container: addresses of what it uses, its generated passwords, what the used services give
 * it, its own variables, and those that go with an optional use whose service is deployed. In this order, since a text
 * can refer only to what stands before it.
 */
export function environmentVariables(service: Service, services: Service[]): Variable[] {
  const used = usedServices(service, services);
  const addresses = used.flatMap(addressVariables);
  const owned = Object.entries(service.passwords ?? {}).filter(([, owner]) =>
    services.some(({ name }) => name === owner),
  );
  const passwords = owned.map(([name, owner]) => passwordOf(owner, name));
  const withOptionalUses = (service.optionalUses ?? [])
    .filter((use) => used.some(({ name }) => name === use.service))
    .map(({ environment }) => environment);
  const environment = Object.assign(environmentOf(service), ...withOptionalUses) as Record<string, string>;
  const referred = Object.entries(service.secretRefs ?? {}).map(([name, { secret, key }]) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
  const own = [...referred, ...Object.entries(environment).map(([name, value]) => ({ name, value }))];
  const given = givenVariables(service.name, used, [...addresses, ...passwords, ...own]);
  const all = [...addresses, ...passwords, ...given, ...own];
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  if (twice !== undefined)
    throw new Error(
      `variable ${twice.name} of service ${shown(service.name)} is set twice: give it another name, since those that tell addresses and passwords are taken`,
    );
  return all;
}

/**
 * What services give to a user of theirs: their passwords where their texts need them, then the texts.
 * @param own the variables that the user has without them, which win.
 * @throws when two services give the same variable, and the user does not say what it is.
 */
export function givenVariables(user: string, used: Service[], own: Variable[]): Variable[] {
  const passwords = used
    .filter(givesPassword)
    .map(({ name }) => passwordOf(name, passwordVariable(name)))
    .filter((password) => !own.some((variable) => isSame(variable, password)));
  const texts = used.flatMap((giver) =>
    Object.entries(givenBy(giver))
      .filter(([name]) => !own.some((variable) => variable.name === name))
      .map(([name, value]) => ({ giver: giver.name, name, value })),
  );
  for (const [index, { name, giver }] of texts.entries()) {
    const before = texts.slice(0, index).find((other) => other.name === name);
    if (before !== undefined)
      throw new Error(
        `variable ${name} of service ${shown(user)} is given by ${before.giver} and by ${giver}: say in its environment what it is, or change gives of one of them`,
      );
  }
  return [...passwords, ...texts.map(({ name, value }) => ({ name, value }))];
}

/** Names of the services whose generated passwords a container takes, by its variables. */
export function passwordOwnersIn(variables: Variable[], services: Service[]): string[] {
  const secrets = variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.name ?? []);
  return services.map(({ name }) => name).filter((name) => secrets.includes(passwordSecretName(name)));
}

function passwordOf(owner: string, name: string): Variable {
  return { name, valueFrom: { secretKeyRef: { name: passwordSecretName(owner), key: "password" } } };
}

function isSame(one: Variable, other: Variable): boolean {
  return (
    one.name === other.name &&
    one.valueFrom?.secretKeyRef.name === other.valueFrom?.secretKeyRef.name &&
    one.value === other.value
  );
}
