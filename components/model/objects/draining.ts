import { exposedServices } from "../graph/exposure.ts";
import type { Service } from "../graph/service.ts";
import { checkSeconds } from "../rules/arguments.ts";

/** The most seconds of draining: a load balancer of a cloud may take as long to learn of a pod. */
const longest = 300;

/** @throws when the seconds are no whole number, or too many. */
export function checkDrainSeconds(seconds = 0): void {
  checkSeconds("drainSeconds", seconds, 0, longest);
}

/** Seconds for which a service's pods drain: gateways call those that are exposed, and take a moment to learn of each end. */
export function drainSecondsOf(service: Service, seconds: number): number {
  return exposedServices([service]).length === 0 ? 0 : seconds;
}

/**
 * Part of a container that answers on, once its pod is to end, for some seconds before it gets SIGTERM. The kubelet waits,
 * so the image needs no shell.
 */
export function draining(seconds: number) {
  return seconds === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds } } } };
}
