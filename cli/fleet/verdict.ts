import {
  cappedTtlMs,
  isFuture,
  isPinned,
  isStanding,
  isStackName,
  type LifeSpan,
  lifeSpan,
  malformed,
  named,
  namespaceName,
  ownerSelector,
  shown,
  timeMark,
  type UnknownSpan,
} from "../../components/model/index.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { branchOf, type Branches, type BranchState } from "./branches.ts";
import type { ToldByState } from "./toldByState.ts";

export const Verdict = {
  /** Its time is not over, and its branch is there or cannot be asked for. */
  live: "live",
  /** It has no end: it stays until somebody removes it by its name. */
  standing: "standing",
  /** People keep it. */
  pinned: "pinned",
  /** Its time is over. */
  expired: "expired",
  /** Its branch is gone. */
  orphaned: "orphaned",
  /** A namespace of ours without a stack. */
  stateless: "stateless",
  /** A stack without a namespace. */
  empty: "empty",
  terminating: "terminating",
  /** Nobody can tell; it stays. */
  unclear: "unclear",
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** What a stack and the namespace of its name tell of an environment. */
export interface Environment {
  /** Empty where a namespace does not tell it. */
  stack: string;
  hasStack: boolean;
  namespace: MarkedNamespace | undefined;
  /** What the stack's state tells where there is no namespace. */
  state?: ToldByState;
  /** Why a stack that is called like that of its image is not one; absent where it is, or where there is none. */
  foreign?: string;
}

export interface MarkedNamespace extends EnvironmentNamespace {
  /** When the API server wrote the marks. */
  marked: Date;
}

/** What environments are judged by. */
export interface View {
  /** Only environments of this project are ours to remove. */
  project: string;
  /** Time of the API server; absent where it does not tell. */
  now: Date | undefined;
  branches: Branches;
  /** Context of the kubeconfig: a stack of another one has its namespace elsewhere. */
  context: string;
}

export interface Judgement {
  verdict: Verdict;
  /** Why, in words. */
  reason: string;
  /** Whether `reap` removes it. */
  isDue: boolean;
  branch: BranchState;
  span?: LifeSpan;
}

const standsFor = "it is a standing environment";

type Said = Pick<Judgement, "verdict" | "reason"> & Partial<Judgement>;

/** Says of any environment what it is and why. */
export function judge(environment: Environment, view: View): Judgement {
  const said =
    environment.namespace === undefined
      ? ofStack(environment, view)
      : ofNamespace(environment.namespace, environment, view);
  return { isDue: false, branch: "unknown", ...said };
}

function ofNamespace(namespace: MarkedNamespace, { hasStack }: Environment, view: View): Said {
  const { marks } = namespace;
  if (namespace.isTerminating) return { verdict: "terminating", reason: "its namespace is being deleted" };
  const doubt = doubtAbout(namespace, view.project);
  if (doubt !== undefined) return { verdict: "unclear", reason: doubt };
  if (isStanding(marks)) return { verdict: "standing", reason: standsFor };
  const span = spanOf(namespace, view.now);
  const { state: branch, reason } = branchOf(marks.ref ?? "", view.branches);
  const known = { branch, ...("unknown" in span ? {} : { span }) };
  if (isPinned(marks))
    return { verdict: "pinned", reason: `dynenv/pinned is ${shown(marks.pinned ?? "")}`, ...known };
  if ("unknown" in span) return { verdict: "unclear", reason: span.unknown, branch };
  const wrongTime = timeDoubt(span.created, view.now);
  if (wrongTime !== undefined) return { verdict: "unclear", reason: wrongTime, ...known };
  const isOver = isPast(span.expires, view);
  if (!hasStack) {
    const when = isOver ? "its time is over" : "its time is not over";
    return {
      verdict: "stateless",
      reason: `this backend has no stack ${named(marks.stack ?? "")}, and ${when}`,
      isDue: isOver,
      ...known,
    };
  }
  if (isOver)
    return {
      verdict: "expired",
      reason: `its time was over at ${timeMark(span.expires)}`,
      isDue: true,
      ...known,
    };
  if (branch === "gone") return { verdict: "orphaned", reason, isDue: true, ...known };
  return { verdict: "live", reason, ...known };
}

/** From when until when an environment may exist. @param now time of the API server, where it tells it. */
export function spanOf(
  { marks, created, marked }: MarkedNamespace,
  now: Date | undefined,
): LifeSpan | UnknownSpan {
  // Who writes a namespace can send a time with it: one of the future prolongs nothing.
  return lifeSpan(marks, created, isFuture(marked, now) ? created : marked);
}

/** Why a namespace cannot be taken for one of the project's environments. */
function doubtAbout({ name, isOurs, created, marks }: MarkedNamespace, project: string): string | undefined {
  if (!isOurs) return `its namespace lacks the label ${ownerSelector}`;
  if (!marks.project) return "the mark dynenv/project is missing";
  if (marks.project !== project) return `it belongs to the project ${named(marks.project)}`;
  if (!marks.stack) return "the mark dynenv/stack is missing";
  if (namespaceName(marks.stack) !== name && isStackName(marks.stack))
    return `dynenv/stack is ${shown(marks.stack)}, whose namespace would be ${namespaceName(marks.stack)}`;
  if (!marks.ref) return "the mark dynenv/ref is missing";
  const wrong = malformed(marks);
  if (wrong !== undefined) return wrong;
  return created.getTime() === 0 ? "the cluster does not tell when it was created" : undefined;
}

/** Why a clock is not to be trusted: the API server tells no time, or something happened after it. */
function timeDoubt(time: Date, now: Date | undefined): string | undefined {
  if (now === undefined) return "the cluster does not tell its time";
  if (!isFuture(time, now)) return undefined;
  return `it tells of ${timeMark(time)}, but the cluster's clock says ${timeMark(now)}`;
}

function isPast(time: Date, { now }: View): boolean {
  return now !== undefined && now.getTime() > time.getTime();
}

/** A stack without a namespace is due once its state's own time to live is over. */
function ofStack({ stack, hasStack, state, foreign }: Environment, view: View): Said {
  if (!isStackName(stack))
    return {
      verdict: "unclear",
      reason: "its name is not one of an environment's stack: `pulumi destroy --remove` removes it",
    };
  if (!hasStack && foreign !== undefined) return { verdict: "unclear", reason: foreign };
  const lack = hasStack
    ? `it has no namespace ${namespaceName(stack)}`
    : "only the stack of its image is left";
  const byHand = `\`dynenv down --stack ${stack}\` removes it`;
  if (state === undefined) return { verdict: "empty", reason: `${lack}; ${byHand}` };
  const { marks, updated, context } = state;
  if (context !== undefined && context !== view.context)
    return {
      verdict: "unclear",
      reason: `its cluster is the context ${named(context)}, not ${view.context}`,
    };
  if (marks.project !== undefined && marks.project !== view.project)
    return { verdict: "unclear", reason: `it belongs to the project ${named(marks.project)}` };
  if (isStanding(marks)) return { verdict: "empty", reason: `${lack}; ${standsFor}` };
  if (isPinned(marks)) return { verdict: "pinned", reason: `dynenv/pinned is ${shown(marks.pinned ?? "")}` };
  const life = cappedTtlMs(marks.ttl ?? "", marks.trust);
  if (marks.project === undefined || updated === undefined || life === undefined)
    return {
      verdict: "empty",
      reason: `${lack}, and its state does not tell until when it may stay; ${byHand}`,
    };
  const wrongTime = timeDoubt(updated, view.now);
  if (wrongTime !== undefined) return { verdict: "unclear", reason: wrongTime };
  const span = { created: updated, expires: new Date(updated.getTime() + life) };
  const isOver = isPast(span.expires, view);
  const when = isOver ? "its time is over" : "its time is not over";
  return { verdict: "empty", reason: `${lack}, and ${when}`, isDue: isOver, span };
}
