import { namespaceName } from "../../components/model/names.ts";
import { judge, type Environment, type Judgement, type MarkedNamespace, type View } from "./verdict.ts";

/** An environment and what is to be said of it. */
export interface Judged extends Judgement {
  environment: Environment;
}

const imageSuffix = "-image";

/** Joins stacks and namespaces by name. The stack of an image belongs to its environment and is none itself. */
export function environmentsOf(stacks: string[], namespaces: MarkedNamespace[]): Environment[] {
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const known = new Set(stacks);
  const ownerOf = (stack: string) =>
    stack.endsWith(imageSuffix) && !byName.has(namespaceName(stack))
      ? stack.slice(0, -imageSuffix.length)
      : stack;
  const withStack = [...new Set(stacks.map(ownerOf))].map((stack): Environment => {
    const name = namespaceName(stack);
    const namespace = byName.get(name);
    byName.delete(name);
    return { stack, hasStack: known.has(stack), namespace };
  });
  const others = [...byName.values()].map((namespace): Environment => ({
    stack: namespace.marks.stack ?? "",
    hasStack: false,
    namespace,
  }));
  return [...withStack, ...others].sort(byStack);
}

/** By stack, then by namespace; the same in every language. */
function byStack(a: Environment, b: Environment): number {
  const keys = [a, b].map(({ stack, namespace }) => `${stack}\0${namespace?.name ?? ""}`);
  return (keys[0] ?? "") < (keys[1] ?? "") ? -1 : 1;
}

export function judgeAll(environments: Environment[], view: View): Judged[] {
  return environments.map((environment) => ({ environment, ...judge(environment, view) }));
}
