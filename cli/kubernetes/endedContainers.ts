import { setTimeout as sleep } from "node:timers/promises";
import {
  CoreV1Api,
  Observable,
  type KubeConfig,
  type V1ContainerStateTerminated,
  type V1Pod,
} from "#bundled/kubernetes";
import { containerStatuses } from "./containerStatuses.ts";

/** A run of a container that failed, and whose last words are in its log alone. */
export interface EndedContainer {
  /** Of this run: it is restarted under another. */
  id: string;
  namespace: string;
  pod: string;
  name: string;
  /** Whether another run has begun, or is to begin. */
  isPrevious: boolean;
}

/** Lines of a log that are read: its last ones. */
const tail = 20;
/** Runtimes write a longer line in pieces, and each counts as one. */
const pieceOfLine = 16 * 1024;
/** Milliseconds until a node that does not answer is not waited for any more. */
const answersWithin = 2000;
const askedAgainAfter = 200;

/**
 * The containers of a pod that failed without a message of their own. That the kubelet takes it from their logs is not
 * asked for: Pulumi would print it, and write it to its state, with whatever secret is in it.
 */
export function endedContainers(pod: V1Pod): EndedContainer[] {
  return containerStatuses(pod).flatMap(({ name, state, lastState }) => {
    const ended = state?.terminated ?? lastState?.terminated;
    if (ended?.containerID === undefined || ended.exitCode === 0 || (ended.message ?? "") !== "") return [];
    const of = { namespace: pod.metadata?.namespace ?? "", pod: pod.metadata?.name ?? "", name };
    return [{ ...of, id: ended.containerID, isPrevious: state?.terminated === undefined }];
  });
}

/** A copy of a pod in which each of its containers says how it ended, as far as that is known by its id. */
export function withLastLines(pod: V1Pod, known: ReadonlyMap<string, string>): V1Pod {
  return withMessages(pod, ({ message = "", containerID = "" }) => message || (known.get(containerID) ?? ""));
}

/** A copy of a pod without what its containers said at their end. */
export function withoutLastLines(pod: V1Pod): V1Pod {
  return withMessages(pod, () => "");
}

function withMessages(pod: V1Pod, messageOf: (ended: V1ContainerStateTerminated) => string): V1Pod {
  const copy = structuredClone(pod);
  for (const { state, lastState } of containerStatuses(copy))
    for (const ended of [state?.terminated, lastState?.terminated])
      if (ended !== undefined) ended.message = messageOf(ended);
  return copy;
}

/** The last lines of a container's log: whole ones, or none where it cannot be read. */
export async function lastLinesOf(config: KubeConfig, container: EndedContainer): Promise<string> {
  const { namespace, pod, name, isPrevious } = container;
  const core = config.makeApiClient(CoreV1Api);
  const signal = AbortSignal.timeout(answersWithin);
  try {
    for (;;) {
      const log = await core.readNamespacedPodLog(
        { namespace, name: pod, container: name, previous: isPrevious, tailLines: tail + 1 },
        endedBy(signal),
      );
      // A node that has just removed it, for the next run has ended, too, soon says which one is the last.
      if (!log.startsWith("unable to retrieve container logs for ")) return wholeLines(log);
      await sleep(askedAgainAfter, undefined, { signal });
    }
  } catch {
    return "";
  }
}

/** The first line may be the end of a longer one, in which a part of a secret would not be recognised. */
function wholeLines(log: string): string {
  const lines = log.trimEnd().split("\n");
  const isCut = lines.length > tail || log.length > pieceOfLine;
  return (isCut ? lines.slice(1) : lines).join("\n");
}

function endedBy(signal: AbortSignal): Parameters<CoreV1Api["readNamespacedPodLog"]>[1] {
  return {
    middleware: [
      {
        pre: (context) => {
          context.setSignal(signal);
          return new Observable(Promise.resolve(context));
        },
        post: (context) => new Observable(Promise.resolve(context)),
      },
    ],
    middlewareMergeStrategy: "append",
  };
}
