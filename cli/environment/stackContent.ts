import { marksOf, namespaceName, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import type { StackResource, StackState } from "../pulumi/state.ts";

/** The namespace that a state has as that of the stack's environment, whatever others its program makes. */
export function namespaceIn(stack: string, state: StackState | undefined): StackResource | undefined {
  return state?.resources.find(
    ({ type, inputs }) =>
      type === "kubernetes:core/v1:Namespace" && marksOf(inputs?.metadata?.annotations).stack === stack,
  );
}

const component = "dynamic-environments:index:";
/** Components that an environment's stack holds. `SandboxNamespace` was the name of `EnvironmentNamespace`. */
const environment = ["EphemeralEnvironment", "EnvironmentNamespace", "SandboxNamespace"].map(
  (name) => `${component}${name}`,
);

/** @throws when a stack holds something that is not an environment: nobody's infrastructure is changed or destroyed. */
export function requireEnvironmentIn(stack: string, state: StackState | undefined): void {
  const held = heldBy(state);
  const namespace = namespaceIn(stack, state);
  if (namespace !== undefined) requireNothingBeside(stack, namespace, held);
  if (held.length === 0 || namespace !== undefined) return;
  const other = marksIn(state)[0];
  if (other !== undefined)
    throw new ForeignStack(
      "usage",
      `stack ${stack} holds the environment of the stack ${shown(other)}, as after \`pulumi stack rename\`: it stays as it is; rename it back, or choose another stack`,
    );
  if (!held.some(({ type }) => environment.includes(type))) throw foreign(stack, held, "an environment");
}

/** What the state alone has, such as a password: nothing is anywhere that could be somebody's. */
const valuesAlone = /^(random|tls|time|null):/;

/** @throws when a stack holds an environment, and something else that would be changed or destroyed with it. */
function requireNothingBeside(stack: string, namespace: StackResource, held: StackResource[]): void {
  const name = namespaceName(stack);
  const others = held.filter((resource) => resource !== namespace);
  const beside = others.find(
    ({ type, urn, outputs }) =>
      !type.startsWith("pulumi:") &&
      !valuesAlone.test(type) &&
      !typesIn(urn).some((ancestor) => ancestor.startsWith(component)) &&
      !(type.startsWith("kubernetes:") && outputs?.metadata?.namespace === name),
  );
  if (beside !== undefined)
    throw new ForeignStack(
      "usage",
      `stack ${stack} holds ${beside.type} beside its environment: it stays as it is; keep in a stack of its own what is not in the namespace of the environment; pulumi destroy removes all that this one holds`,
    );
}

/** Type of a resource, and of all that it is within, as its URN tells. */
function typesIn(urn: string): string[] {
  return urn.split("::")[2]?.split("$") ?? [];
}

/** Stacks that namespaces in a state are marked with. */
function marksIn(state: StackState | undefined): string[] {
  const namespaces = state?.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace") ?? [];
  return namespaces.flatMap(({ inputs }) => marksOf(inputs?.metadata?.annotations).stack ?? []);
}

/** Components that a stack of images holds. */
const images = ["ApplicationImage", "ProbeImage"].map((name) => `${component}${name}`);

/** @throws when a stack holds something that is not an image of an application alone. */
export function requireImageIn(stack: string, state: StackState | undefined): void {
  const held = heldBy(state);
  const inCluster =
    state?.resources.filter(({ type }) => type.startsWith("kubernetes:") || type === clusterProvider) ?? [];
  if (inCluster.length > 0) throw foreign(stack, inCluster, "an application's image alone");
  if (held.length === 0 || held.some(({ type }) => images.includes(type))) return;
  throw foreign(stack, held, "an application's image");
}

const clusterProvider = "pulumi:providers:kubernetes";

/** What a stack holds beside itself and its providers. */
function heldBy(state: StackState | undefined): StackResource[] {
  return (state?.resources ?? []).filter(({ type }) => !/^pulumi:(pulumi:Stack$|providers:)/.test(type));
}

/** A stack that is not what its name says: it stays as it is. */
export class ForeignStack extends Failure {}

function foreign(stack: string, held: StackResource[], what: string): Failure {
  const type = held[0]?.type ?? "";
  const count = held.length === 1 ? "one resource" : `${String(held.length)} resources`;
  return new ForeignStack(
    "usage",
    `stack ${stack} holds ${count}, such as ${type}, and not ${what}: it stays as it is; choose another stack`,
  );
}
