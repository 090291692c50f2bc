import { variablePattern } from "./serviceRules.ts";

/** @throws when a text is empty. */
export function checkText(argument: string, text: string, example: string): void {
  if (text.trim() === "") throw new Error(`${argument} is empty but must be a text, such as ${example}`);
}

/** @throws when one of some names is empty. */
export function checkNames(argument: string, names: string[], example: string): void {
  for (const [index, name] of names.entries()) checkText(`${argument}[${String(index)}]`, name, example);
}

/** @throws when a variable has a name that containers do not take. */
export function checkVariables(argument: string, variables: object): void {
  const wrong = Object.keys(variables).find((name) => !variablePattern.test(name));
  if (wrong !== undefined)
    throw new Error(
      `${argument} has the key ${JSON.stringify(wrong)} but its keys must be names of variables, such as LOG_LEVEL`,
    );
}

/** @throws when a command is empty. */
export function checkCommand(argument: string, command: string[], example: string[]): void {
  if (command.length === 0)
    throw new Error(`${argument} is empty but must be a command, such as ${JSON.stringify(example)}`);
}

/** @throws when a time is no whole number of seconds, or too short or too long to make sense. */
export function checkSeconds(argument: string, seconds: number, min: number, max: number): void {
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return;
  throw new Error(
    `${argument} is ${String(seconds)} but must be a whole number of seconds from ${String(min)} to ${String(max)}, such as 150`,
  );
}

/** @throws when a reference that is known already is not by digest. */
export function checkImage(argument: string, image: unknown): void {
  // An output or a promise is known only later.
  if (typeof image !== "string" || /^[^\s@]+@sha256:[0-9a-f]{64}$/.test(image)) return;
  throw new Error(
    `${argument} is "${image}" but must be a reference by digest, such as registry.example.com/shop/deals@sha256:${"0".repeat(64)}`,
  );
}
