import { type Marks, marksOf } from "../../components/model/index.ts";
import type { StackState } from "../pulumi/state.ts";

/** What the state of a stack tells when its namespace does not. */
export interface ToldByState {
  marks: Partial<Marks>;
  /** When the stack was last updated. */
  updated: Date | undefined;
  /** Context of the kubeconfig with which it was updated; absent where it never reached a cluster. */
  context: string | undefined;
}

export function toldBy({ resources, updated }: StackState): ToldByState {
  const inputsOf = (wanted: string) => resources.find(({ type }) => type === wanted)?.inputs;
  return {
    marks: marksOf(inputsOf("kubernetes:core/v1:Namespace")?.metadata?.annotations),
    context: inputsOf("pulumi:providers:kubernetes")?.context,
    updated,
  };
}
