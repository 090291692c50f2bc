import { checkStackName } from "../components/model/names.ts";
import { Failure } from "../local/failure.ts";

/** The name of a stack that an option gives, if it does. @throws unless an environment's stack may have it. */
export function givenStack<T extends string | undefined>(option: string, name: T): T {
  if (name === undefined) return name;
  try {
    checkStackName(option, name);
  } catch (error) {
    throw new Failure("usage", (error as Error).message);
  }
  return name;
}
