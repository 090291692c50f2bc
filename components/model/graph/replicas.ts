import { wholeNumber } from "./demands.ts";
import type { Service } from "./service.ts";
import { shown } from "../rules/shown.ts";

/** Of what autoscaling is. */
export const autoscaling = {
  min: wholeNumber(1, 100, 2),
  max: wholeNumber(1, 100, 10),
  // Of what a pod requests, of which it may use more.
  cpuPercent: wholeNumber(1, 1000, 70),
};

export const autoscalingMust =
  'an object of min, max and cpuPercent, such as {"min": 2, "max": 10, "cpuPercent": 70}';

type Counted = Pick<Service, "replicas" | "autoscaling">;

/** How many pods a service has at least. */
export function fewestPods({ replicas = 1, autoscaling }: Counted): number {
  return autoscaling?.min ?? replicas;
}

/** How many pods a service may have. */
export function mostPods({ replicas = 1, autoscaling }: Counted): number {
  return autoscaling?.max ?? replicas;
}

/** @throws when nobody could say how many pods a service is to have. */
export function checkReplicas({ name, replicas, autoscaling }: Service): void {
  if (autoscaling === undefined) return;
  const of = `of service ${shown(name)}`;
  if (replicas !== undefined)
    throw new Error(
      `replicas ${of} is ${String(replicas)}, but autoscaling says how many pods it has: leave one of the two out`,
    );
  const { min, max } = autoscaling;
  if (min > max)
    throw new Error(
      `autoscaling.min ${of} is ${String(min)} but must be at most its max, such as ${String(max)}`,
    );
}
