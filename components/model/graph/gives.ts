import { addressVariable, passwordVariable } from "./variableNames.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";
import { checkVariables } from "../rules/size.ts";

/** What a text that is given may refer to: `$(NAME)`; `$$` is a dollar sign. */
const reference = /\$\$|\$\(([^)]*)\)/g;

/** What each reference becomes in the environment of a service's users. */
const referents: Record<string, (service: Service) => string> = {
  ADDRESS: ({ name, port }) => `${name}:${String(port)}`,
  HOST: ({ name }) => name,
  PORT: ({ port }) => String(port),
  // Kubernetes puts the password in.
  PASSWORD: ({ name }) => `$(${passwordVariable(name)})`,
};

/** What a service gives to its users, where its references are replaced. */
export function givenBy(service: Service): Record<string, string> {
  const resolved = (text: string) =>
    text.replaceAll(reference, (whole, name?: string) => referents[name ?? ""]?.(service) ?? whole);
  return Object.fromEntries(
    Object.entries(service.gives ?? {}).map(([variable, text]) => [variable, resolved(text)]),
  );
}

/** Whether users of a service learn its generated password. */
export function givesPassword({ gives = {} }: Pick<Service, "gives">): boolean {
  return Object.values(gives).some((text) => referencesIn(text).includes("PASSWORD"));
}

/**
 * @throws when a text refers to what there is not, or to a password that nobody generates, or when a variable has the
 * name of one that users have anyway.
 */
export function checkGives({
  name,
  port,
  gives = {},
  passwords = {},
}: Pick<Service, "name" | "port" | "gives" | "passwords">): void {
  const known = Object.keys(referents).map((referent) => `$(${referent})`);
  checkVariables(`gives of service ${shown(name)}`, gives);
  for (const [variable, text] of Object.entries(gives)) {
    const where = `gives.${variable} of service ${shown(name)}`;
    const unknown = referencesIn(text).find((found) => !Object.hasOwn(referents, found));
    if (unknown !== undefined)
      throw new Error(
        `${where} refers to ${shown(`$(${unknown})`)} but may only refer to ${known.join(", ")}: write $$ for a dollar sign`,
      );
    const ofPort = referencesIn(text).find((found) => ["ADDRESS", "PORT"].includes(found));
    if (port === undefined && ofPort !== undefined)
      throw new Error(
        `${where} refers to ${shown(`$(${ofPort})`)} but the service has no port: give it one, such as 8080`,
      );
    if ([addressVariable(name), passwordVariable(name)].includes(variable))
      throw new Error(
        `${where} is what its users have anyway: give the variable another name, such as DATABASE_URL`,
      );
  }
  if (givesPassword({ gives }) && !Object.values(passwords).includes(name))
    throw new Error(
      `gives of service ${shown(name)} has $(PASSWORD) but the service takes no password of its own: name it in passwords, such as {"PASSWORD": ${shown(name)}}`,
    );
}

function referencesIn(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
