import { checkStackName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";

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
