import { existsSync } from "node:fs";

/** Names of variables, keys and parameters that say that their value is a secret; an author is none. */
export const secretName =
  /PASS|PWD$|_PWD|_PW$|WEBHOOK|TOKEN|SECRET|KEY|PAT$|AUTH(?!OR(?!I))|CREDENTIAL|CREDS|COOKIE|JWT|SIGNATURE|_SIG$/i;

/** A value that is shorter is more likely a word that the name is about, such as `true` or `enabled`. */
const shortest = 8;

/**
 * The secrets in variables: values of those whose names say so, unless they are paths of what exists; and those within
 * a value, whatever the variable is called.
 */
export function namedSecrets(variables: Record<string, string | undefined>): string[] {
  return Object.entries(variables).flatMap(([name, value = ""]) => {
    const isSecret = secretName.test(name) && !existsSync(value);
    return [...(isSecret ? [value] : []), ...secretsWithin(value)].filter(({ length }) => length >= shortest);
  });
}

/** What a text has within it that is secret: in JSON, in URLs, and in the lines of a list of settings. */
export function secretsWithin(text: string): string[] {
  return [...secretsInJson(text), ...passwordsInUrls(text), ...secretsInSettings(text)];
}

/** Of `name=value` and `name: value`, by lines or between semicolons, those whose names say that they are secret. */
function secretsInSettings(text: string): string[] {
  return text.split(/[\r\n;]+/).flatMap((line) => {
    const [, name = "", value = ""] =
      /^\s*(?:export\s+)?["']?([\w.-]{1,100})["']?\s*[=:]\s*(.*\S)/.exec(line) ?? [];
    return secretName.test(name.replaceAll(".", "_")) ? [value.replace(/^(["'])(.*)\1$/, "$2")] : [];
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
function passwordsInUrls(text: string): string[] {
  const url = /^[a-z][\w+.-]*:\/\/(.*)@/is.exec(text.trim());
  // A proxy needs no scheme, nor does the address of a database.
  const [, login = ""] = url ?? /^([^\s:@/]+:\S+)@/.exec(text.trim()) ?? [];
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
