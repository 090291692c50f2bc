import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { parse } from "yaml";
import { secretsInJson } from "./output/namedSecrets.ts";

/** What a kubeconfig's users log in with. */
export function kubeconfigSecrets(path: string): string[] {
  try {
    const { users } = parse(readFileSync(path, "utf8")) as { users?: unknown[] };
    // A path, such as that of a file with a token, is not what it leads to.
    return secretsInJson(JSON.stringify(users ?? [])).filter((value) => !isAbsolute(value));
  } catch {
    // Who uses it says what is wrong with it.
    return [];
  }
}
