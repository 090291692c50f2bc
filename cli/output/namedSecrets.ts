import { existsSync } from "node:fs";

/** Names of variables, keys and parameters that say that their value is a secret; an author is none. */
export const secretName = /PASS|_PWD|TOKEN|SECRET|KEY|PAT$|AUTH(?!OR(?!I))|CREDENTIAL|JWT|SIGNATURE|_SIG$/i;

/** A value that is shorter is more likely a word that the name is about, such as `true` or `enabled`. */
const shortest = 8;

/**
 * The secrets in variables: values of those whose names say so, unless they are paths of what exists, with what is within
 * them where they are JSON; and the passwords in URLs, whatever the variable is called.
 */
export function namedSecrets(variables: Record<string, string | undefined>): string[] {
  return Object.entries(variables).flatMap(([name, value = ""]) => {
    const isSecret = secretName.test(name) && !existsSync(value);
    return [...(isSecret ? [value, ...secretsInJson(value)] : []), ...passwordsInUrls(value)].filter(
      ({ length }) => length >= shortest,
    );
  });
}

/** Values in JSON whose keys say that they are secret; of a login to a registry that is in base64, its password, too. */
export function secretsInJson(text: string): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  const found: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      if (typeof value !== "string" || !secretName.test(key)) return value;
      found.push(value);
      if (key === "auth") found.push(...passwordIn(Buffer.from(value, "base64").toString()));
      return value;
    });
  } catch {
    return [];
  }
  return found;
}

/** The login before a URL's host, as it is written and as it is meant; a wrong URL may have an @ or a / in it. */
export function passwordsInUrls(text: string): string[] {
  const [, login = ""] = /^[a-z][\w+.-]*:\/\/(.*)@/is.exec(text.trim()) ?? [];
  const passwords = passwordIn(login);
  return [...passwords, ...passwords.map(decoded)];
}

/** What follows the name of the user; a token may stand in its place. */
function passwordIn(login: string): string[] {
  const [user = "", ...rest] = login.split(":");
  return [rest.length === 0 ? user : rest.join(":")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
