import type { CoreV1Event, KubeConfig, V1Pod } from "@kubernetes/client-node";
import { watchUntil } from "../watch.ts";
import { seeEvent, seePod, type Pods } from "./pods.ts";

export interface Followed {
  namespace: string;
  /** Ends it. */
  signal: AbortSignal;
  /** Seconds since the run's start. */
  now: () => number;
  /** Takes what is known so far, after each change. */
  onChange: (pods: Pods) => void;
  /** Is told when pods or their events cannot be watched, or no longer: less is known from then on. */
  onLoss: (reason: string) => void;
}

/** Follows the pods of a namespace, which need not exist yet. Nothing waits for it, or depends on it. */
export function follow(config: KubeConfig, { namespace, signal, now, onChange, onLoss }: Followed): void {
  let pods: Pods = new Map();
  const watch = (
    kind: "pods" | "events",
    selector: Record<string, string>,
    see: (object: unknown, type: string) => Pods,
  ) => {
    const pick = (object: unknown, type: string) => {
      pods = see(object, type);
      onChange(pods);
      return undefined;
    };
    const path = `/api/v1/namespaces/${namespace}/${kind}`;
    watchUntil(config, { path, selector, signal, pick }).catch((error: unknown) => {
      if (!signal.aborted) onLoss((error as Error).message);
    });
  };
  watch("pods", {}, (object, type) => seePod(pods, type, object as V1Pod, now()));
  watch("events", { fieldSelector: "involvedObject.kind=Pod" }, (object) =>
    seeEvent(pods, object as CoreV1Event, now()),
  );
}
