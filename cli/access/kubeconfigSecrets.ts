import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { parse } from "yaml";
import { namedSecrets, secretName, secretsInJson } from "../text/namedSecrets.ts";

interface Plugin {
  args?: unknown[] | null;
  env?: { name?: unknown; value?: unknown }[] | null;
}

interface User {
  user?: { exec?: Plugin };
}

/** What a login plugin is given that is secret: variables by their names, and what follows an option of such a name. */
function givenTo({ args, env }: Plugin): string[] {
  const variables = Object.fromEntries((env ?? []).map(({ name, value }) => [String(name), String(value)]));
  const words = (args ?? []).map(String);
  const options = words.flatMap((word, index) => {
    const [name = "", value = words[index + 1]] = word.split(/=(.*)/s);
    return name.startsWith("-") && secretName.test(name) && value !== undefined ? [value] : [];
  });
  return [...namedSecrets(variables), ...options];
}

/** What a kubeconfig's users log in with. */
export function kubeconfigSecrets(path: string): string[] {
  try {
    const { users } = parse(readFileSync(path, "utf8")) as { users?: User[] };
    // A path, such as that of a file with a token, is not what it leads to.
    const plugins = (users ?? []).flatMap(({ user }) => user?.exec ?? []);
    const found = [...secretsInJson(JSON.stringify(users ?? [])), ...plugins.flatMap(givenTo)];
    return found.filter((value) => !isAbsolute(value));
  } catch {
    // Who uses it says what is wrong with it.
    return [];
  }
}
