import { secretName } from "./namedSecrets.ts";

/** What stands in the place of a secret. */
export const mask = "***";

/**
 * A text without what logs in by way of a URL: the user and password before its host, and the parameters that are
 * credentials, such as those of a pre-signed URL.
 */
export function withoutLogins(text: string): string {
  const plain = text.includes("://") ? text.replace(userInfo, `://${mask}`) : text;
  return plain.replace(parameter, (whole, before: string, name: string) =>
    secretName.test(`_${name}`) ? `${before}${name}=${mask}` : whole,
  );
}

const userInfo = /:\/\/[^\s/?#"'<>\\]+(?=@)/g;

/** Go's JSON has an ampersand escaped, HTML, too. */
const parameter = /([?&;]|\\u0026)([\w.%-]{1,60})=[^\s&;"'<>#\\]+/g;
