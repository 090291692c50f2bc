import type { Service } from "./service.ts";
import { variablePattern } from "./serviceRules.ts";
import { shown } from "./shown.ts";
import { checkSize } from "./size.ts";

/** Variables of a service that are kept beside its container: name to a value of any kind. */
interface Kept {
  config?: object;
  secrets?: object;
}

/**
 * @param own the variables that the container has anyway.
 * @throws when a variable has a name that containers do not take, or more than one value.
 */
export function checkSetOnce(
  service: Service,
  own: { name: string }[],
  { config = {}, secrets = {} }: Kept,
): void {
  for (const [argument, variables] of Object.entries({ config, secrets })) {
    checkSize(argument, variables);
    const wrong = Object.keys(variables).find((name) => !variablePattern.test(name));
    if (wrong !== undefined)
      throw new Error(
        `${argument} has the key ${shown(wrong)} but its keys must be names of variables, such as LOG_LEVEL`,
      );
  }
  const names = [...own.map(({ name }) => name), ...Object.keys(config), ...Object.keys(secrets)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new Error(
      `variable ${twice} of service ${shown(service.name)} is set twice, among its own ones, config and secrets: set it once`,
    );
}
