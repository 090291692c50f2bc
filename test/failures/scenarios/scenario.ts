import type { CauseId } from "../../../cli/diagnosis/rules/causes.ts";
import type { Manifest } from "../environment.ts";

/** One way in which an environment does not get ready, as changes of one that does. */
export interface Scenario {
  cause: CauseId;
  /** What tells it from others with the same cause. */
  what: string;
  /** The service that must be named. Default: `app`. */
  service?: "app" | "store" | "environment";
  /** What must be said of it. Default: anything. */
  evidence?: RegExp;
  /** Merged into the pod spec of `app`. */
  pod?: object;
  /** Merged into the container of `app`, or of `store`. */
  container?: object;
  store?: object;
  /** Mounted by `app` at `/more`. */
  volume?: object;
  /** Merged into other objects, by kind and name: `Service/app`. */
  others?: Record<string, object>;
  /** Created before the workloads, and waited for where they are to refuse pods; without a namespace they belong to none. */
  before?: (namespace: string) => Manifest[];
  /** Created after them. */
  after?: (namespace: string) => Manifest[];
  /** Seconds until the readiness Job gives up. Default: `150`, so that only what is seen before counts. */
  gateSeconds?: number;
  /** What is deleted by hand once it is available, as kubectl names it. */
  deleted?: string;
  /** Whether it may always be a start that takes long, so that only `dynenv diagnose` tells it. */
  isLate?: true;
  /** Created in the namespace of a real `dynenv up` as soon as it exists; an object that then cannot be made is named. */
  hinders?: (namespace: string) => Manifest;
  /** Whether every pod gets ready all the same, which is then waited for. */
  isReady?: true;
}

/** A command that runs a program. */
export function node(text: string): string[] {
  return ["node", "--eval", text];
}

/** An object of the environment. */
export function within(
  namespace: string,
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}
