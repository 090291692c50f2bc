import { ComponentResource } from "@pulumi/pulumi";
import { mapSecrets, type Construction, type Registration } from "../../rendering/construction.ts";

/** Type of a resource without its package, such as `Deployment`. */
export const kindOf = ({ type }: Registration): string => type.replace(/^.*:/, "");

/** `kind name` of each registered resource that has secrets, to these. */
export function secretsOf({ resources }: Construction): Record<string, unknown[]> {
  const found = resources.map((resource): [string, unknown[]] => {
    const secrets: unknown[] = [];
    mapSecrets(resource.inputs, (secret) => secrets.push(secret));
    return [`${kindOf(resource)} ${resource.name}`, secrets];
  });
  return Object.fromEntries(found.filter(([, secrets]) => secrets.length > 0));
}

/** All that is registered but the secrets. */
export function openTexts({ resources, outputs }: Construction): string {
  return JSON.stringify(mapSecrets([resources, outputs], () => "[secret]"));
}

/** Names of the components among a package's exports. */
export function componentsIn(exported: object): string[] {
  const isComponent = (value: unknown) =>
    typeof value === "function" && value.prototype instanceof ComponentResource;
  return Object.entries(exported).flatMap(([name, value]) => (isComponent(value) ? [name] : []));
}
