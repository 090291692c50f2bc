import { environmentVariables } from "./environmentVariables.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { suggestion } from "../rules/suggestion.ts";
import { checkSetOnce } from "./variables.ts";

/**
 * @param serviceSecrets name of a service to its secret variables, name to a value of any kind.
 * @param services those that the argument may name.
 * @param graph all that run beside them.
 * @throws when it names another service, or a variable that its service has already or cannot have.
 */
export function checkServiceSecrets(
  argument: string,
  serviceSecrets: unknown,
  services: Service[],
  graph: Service[],
): void {
  const example = 'such as { "user-db": { PASSWORD: "..." } }';
  if (!isPlain(serviceSecrets))
    throw new Error(
      `${argument} must be an object from a service's name to its secret variables, ${example}`,
    );
  for (const [name, secrets] of Object.entries(serviceSecrets)) {
    const place = `${argument}[${shown(name)}]`;
    const service = services.find((one) => one.name === name);
    if (service === undefined)
      throw new Error(
        `${place} names a service that is not deployed from the catalogue: ${suggestion(
          name,
          services.map((one) => one.name),
        )}`,
      );
    // An output in its place would be taken for an object with the output's own properties.
    if (!isPlain(secrets)) throw new Error(`${place} must be an object from variable to value, ${example}`);
    checkSetOnce(service, environmentVariables(service, graph), { [place]: secrets });
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
