import { namedSecrets } from "./namedSecrets.ts";

/** Values of variables that stand in a container and are called secret. */
export function literalSecrets(objects: unknown[]): string[] {
  const found: string[] = [];
  JSON.stringify(objects, (_key, value: unknown) => {
    const { name, value: given } = (value ?? {}) as { name?: unknown; value?: unknown };
    if (typeof name === "string" && typeof given === "string") found.push(...namedSecrets({ [name]: given }));
    return value;
  });
  return found;
}
