import { environmentStackOf, namespaceName, shown, wellFormed } from "../../components/model/index.ts";
import { judge, type Environment, type Judgement, type MarkedNamespace, type View } from "./verdict.ts";

/** An environment and what is to be said of it. */
export interface Judged extends Judgement {
  environment: Environment;
}

/** Joins stacks and namespaces by name. The stack of an image belongs to its environment and is none itself. */
export function environmentsOf(stacks: string[], namespaces: MarkedNamespace[]): Environment[] {
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const known = new Set(stacks);
  const ownerOf = (stack: string) =>
    byName.has(namespaceName(stack)) ? stack : (environmentStackOf(stack) ?? stack);
  const withStack = [...new Set(stacks.map(ownerOf))].map((stack): Environment => {
    const name = namespaceName(stack);
    const namespace = byName.get(name);
    byName.delete(name);
    return { stack, hasStack: known.has(stack), namespace };
  });
  const others = [...byName.values()].map((namespace): Environment => ({
    stack: wellFormed(namespace.marks).stack ?? "",
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

/** Judges each on its own: whatever one of them is like, the others get their verdict. */
export function judgeAll(environments: Environment[], view: View): Judged[] {
  return environments.map((environment) => {
    try {
      return { environment, ...judge(environment, view) };
    } catch (error) {
      const reason = `it cannot be judged: ${shown((error as Error).message)}`;
      return { environment, verdict: "unclear", reason, isDue: false, branch: "unknown" };
    }
  });
}
