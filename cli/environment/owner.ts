import type { KubeConfig } from "#bundled/kubernetes";
import {
  EnvironmentKind,
  isPinned,
  isStanding,
  type Marks,
  marksOf,
  namespaceName,
  ownerSelector,
  shown,
} from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { readNamespace, type EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { namespaceIn, requireEnvironmentIn } from "./stackContent.ts";
import type { StackState } from "../pulumi/state.ts";

/** Whose an environment is: only the project that made it has a say. */
export interface Owner {
  project: string;
  stack: string;
}

/** An environment that stays, since people want to keep it. */
export class Pinned extends Failure {}

/** @throws when a namespace exists that is not that of the project's stack: it is never adopted, changed or deleted. */
export function requireOurs({ name, isOurs, marks }: EnvironmentNamespace, { project, stack }: Owner): void {
  const namespace = `namespace ${name}`;
  if (!isOurs)
    throw new Failure(
      "broken",
      `${namespace} is not ours, since it lacks the label ${ownerSelector}: it stays as it is; choose another stack`,
    );
  if (marks.stack !== stack)
    throw new Failure(
      "broken",
      `${namespace} belongs to the stack ${shown(marks.stack ?? "")}, not to ${stack}, says its annotation dynenv/stack: it stays as it is`,
    );
  requireProject(namespace, marks, project);
}

/** What is known of a removal before it begins. */
export interface Meant {
  /** Whether this run has made whatever the stack holds, so that all of it may go. Default: `false`. */
  isAllOurs?: boolean;
  /** Whether somebody has named the environment as one that is to go although it stands. Default: `false`. */
  isNamed?: boolean;
}

/** Whether an environment has no end, as its state or its namespace tells. */
export function stands(
  stack: string,
  state: StackState | undefined,
  namespace: EnvironmentNamespace | undefined,
): boolean {
  const told = marksOf(namespaceIn(stack, state)?.inputs?.metadata?.annotations);
  return isStanding(told) || (namespace !== undefined && isStanding(namespace.marks));
}

/**
 * @throws when what is there is to become something else: a preview may hold what anybody deployed, and one that stays would
 * lose what keeps it.
 */
export function requireKind(
  { stack, kind }: { stack: string; kind: string },
  state: StackState | undefined,
  { name, marks }: EnvironmentNamespace,
): void {
  const isMeant = kind === EnvironmentKind.standing;
  if (isMeant === isStanding(marks)) return;
  if (!isMeant)
    throw new Failure(
      "usage",
      `namespace ${name} is that of a standing environment, says its annotation dynenv/kind, and this is a run for a preview: set ${settingNamespace}:kind to standing in Pulumi.${stack}.yaml, or choose another stack`,
    );
  // One whose mark somebody took away still stands by its state.
  if (stands(stack, state, undefined)) return;
  throw new Failure(
    "broken",
    `namespace ${name} was made for a preview, and this is a run for a standing environment: remove it first with \`dynenv down --stack ${stack}\`, or choose another stack`,
  );
}

/**
 * May remove an environment: the project's own, which nobody pinned, and which has an end. Of the very namespace that the
 * state describes the state's marks count, which nobody can edit in the cluster.
 * @throws when it must stay.
 */
export function requireRemovable(
  owner: Owner,
  state: StackState | undefined,
  namespace: EnvironmentNamespace | undefined,
  { isAllOurs = false, isNamed = false }: Meant = {},
): void {
  if (!isAllOurs) requireEnvironmentIn(owner.stack, state);
  const described = namespaceIn(owner.stack, state);
  if (described !== undefined)
    requireProject(`stack ${owner.stack}`, marksOf(described.inputs?.metadata?.annotations), owner.project);
  if (namespace !== undefined && described?.outputs?.metadata?.uid !== namespace.uid)
    requireOurs(namespace, owner);
  if (!isNamed && stands(owner.stack, state, namespace))
    throw new Failure(
      "broken",
      `the environment of stack ${owner.stack} is a standing one: it stays; \`dynenv down --stack ${owner.stack} --yes-remove ${owner.stack}\` removes it, with all its data`,
    );
  if (namespace === undefined) return;
  const { name, marks, isTerminating } = namespace;
  if (isPinned(marks) && !isTerminating)
    throw new Pinned(
      "broken",
      `namespace ${name} is kept by people, since its annotation dynenv/pinned is ${shown(marks.pinned ?? "")}: it stays; \`kubectl annotate namespace ${name} dynenv/pinned-\` lets it go`,
    );
}

/** The namespace of the project's environment. @throws where there is none, or another's. */
export async function requireEnvironment(config: KubeConfig, owner: Owner): Promise<EnvironmentNamespace> {
  const name = namespaceName(owner.stack);
  const found = await readNamespace(config, name);
  if (found === undefined)
    throw new Failure(
      "broken",
      `namespace ${name} does not exist: run \`dynenv up --stack ${owner.stack}\` first`,
    );
  requireOurs(found, owner);
  return found;
}

function requireProject(what: string, marks: Partial<Marks>, project: string): void {
  if (marks.project === project) return;
  throw new Failure(
    "broken",
    `${what} belongs to the project ${shown(marks.project ?? "")}, not to ${shown(project)}, says the mark dynenv/project: it stays as it is; who works for that project sets DYNENV_PROJECT to it`,
  );
}
