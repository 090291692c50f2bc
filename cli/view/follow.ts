import type { Observation } from "../kubernetes/observation.ts";
import { seeEvent, seePod, type Pods } from "./pods.ts";

export interface Followed {
  /** Seconds since the run's start. */
  now: () => number;
  /** Takes what is known so far, after each change. */
  onChange: (pods: Pods) => void;
  /** Is told when pods or their events cannot be watched, or no longer: less is known from then on. */
  onLoss: (reason: string) => void;
}

/** Follows the pods of an environment. Nothing waits for it, or depends on it. */
export function follow(observation: Observation, { now, onChange, onLoss }: Followed): void {
  let pods: Pods = new Map();
  observation.listen({
    podChanged: (type, pod) => {
      pods = seePod(pods, type, pod, now());
      onChange(pods);
    },
    eventSeen: (event) => {
      pods = seeEvent(pods, event, now());
      onChange(pods);
    },
    lost: onLoss,
  });
}
