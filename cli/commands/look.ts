import type { KubeConfig } from "#bundled/kubernetes";
import { namespaceName } from "../../components/model/index.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { clientEnvironment, requireCluster } from "../access/connect.ts";
import type { Owner } from "../environment/owner.ts";
import { door } from "../process/door.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import type { IdentityOptions } from "./identityOptions.ts";

export interface LookOptions extends IdentityOptions {
  context?: string;
}

/** The cluster and the namespace of an environment that somebody looks at; Pulumi is not needed. */
export async function lookedAt(
  { stack }: Owner,
  { context }: LookOptions,
): Promise<{ config: KubeConfig; namespace: string }> {
  const config = kubeConfig(await clientEnvironment(await requireCluster(context)));
  return { config, namespace: namespaceName(stack) };
}

/**
 * Does something until it is over, somebody interrupts it, or nobody reads it any more.
 * @param isEndless whether an interruption is the way in which it ends well.
 */
export async function untilInterrupted(
  isEndless: boolean,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal } = interruptibleWork(() => undefined);
  const unread = new AbortController();
  const heard = door.whenBroken(() => {
    unread.abort();
  });
  const either = AbortSignal.any([signal, unread.signal]);
  try {
    await orInterrupted(either, work(either));
  } catch (error) {
    if (!unread.signal.aborted && !(isEndless && signal.aborted)) throw error;
  } finally {
    heard();
  }
}

/** How to look at an environment that is there, in one line. @param options what named it. */
export function lookHint(stack: string, options: IdentityOptions): string {
  const isNamed = [options.stack, options.ref, options.commit, options.scope].some(
    (one) => one !== undefined,
  );
  const ways = "look at it: dynenv logs -f | exec SERVICE -- sh | open SERVICE";
  return isNamed ? `${ways}, each with --stack ${stack}` : ways;
}
