import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { secretsInJson } from "./output/namedSecrets.ts";

/** What a kubeconfig's users log in with. */
export function kubeconfigSecrets(path: string): string[] {
  try {
    const { users } = parse(readFileSync(path, "utf8")) as { users?: unknown[] };
    return secretsInJson(JSON.stringify(users ?? []));
  } catch {
    // Who uses it says what is wrong with it.
    return [];
  }
}
