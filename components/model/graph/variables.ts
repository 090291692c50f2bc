import type { Service } from "./service.ts";
import { variablePattern } from "./serviceRules.ts";
import { shown } from "../rules/shown.ts";
import { checkVariables } from "../rules/size.ts";

/**
 * @param own the variables that the container has anyway.
 * @param kept variables of the service that are kept beside its container, by the argument that gives them: name to a
 * value of any kind.
 * @throws when a variable has a name that containers do not take, or more than one value.
 */
export function checkSetOnce(
  service: Service,
  own: { name: string }[],
  kept: Record<string, object | undefined>,
): void {
  for (const [argument, variables = {}] of Object.entries(kept)) {
    checkVariables(argument, variables);
    const wrong = Object.keys(variables).find((name) => !variablePattern.test(name));
    if (wrong !== undefined)
      throw new Error(
        `${argument} has the key ${shown(wrong)} but its keys must be names of variables, such as LOG_LEVEL`,
      );
  }
  const names = [
    ...own.map(({ name }) => name),
    ...Object.values(kept).flatMap((all) => Object.keys(all ?? {})),
  ];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new Error(
      `variable ${twice} of service ${shown(service.name)} is set twice, among its own ones, ${Object.keys(kept).join(" and ")}: set it once`,
    );
}
