import type { ComponentResourceOptions, CustomResourceOptions } from "@pulumi/pulumi";
import { checkSeconds } from "./model/arguments.ts";

/** Seconds until an environment must be ready: a broken one ends within three minutes, start and removal included. */
export const defaultReadyWithinSeconds = 140;

/** Deletion in the background: the wait ends with the object itself, while its pods end beside the namespace. */
export const workloadAnnotations = { "pulumi.com/deletionPropagationPolicy": "background" };

/** @throws when `readyWithinSeconds` is too short for the readiness Job to start, or endless. */
export function checkReadyWithin(readyWithinSeconds = defaultReadyWithinSeconds): void {
  checkSeconds("readyWithinSeconds", readyWithinSeconds, 20, 3600);
}

/** How long the provider waits for a Deployment or a Job. */
export function workloadOptions(readyWithinSeconds = defaultReadyWithinSeconds): CustomResourceOptions {
  const limit = `${String(readyWithinSeconds)}s`;
  return { customTimeouts: { create: limit, update: limit } };
}

/**
 * Takes `deletedWith` out of a component's options, for the children that may go with the namespace. The engine
 * hands the option down to all children, but workloads are to be deleted themselves: their pods then end at once,
 * not after the namespace controller's delay of five seconds.
 */
export function withoutDeletedWith(opts: ComponentResourceOptions = {}): {
  own: ComponentResourceOptions;
  inherited: Pick<CustomResourceOptions, "deletedWith">;
} {
  const { deletedWith, ...own } = opts;
  return { own, inherited: deletedWith === undefined ? {} : { deletedWith } };
}
