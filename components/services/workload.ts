import * as k8s from "@pulumi/kubernetes";
import type { ComponentResourceOptions, CustomResourceOptions, Input } from "@pulumi/pulumi";
import { checkSeconds, defaultReadyWithinSeconds } from "../model/index.ts";

/** What the objects of a workload have in common. */
export interface Metadata {
  name: string;
  namespace: Input<string>;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The same with annotations of one kind of object, which win. */
export function annotated(metadata: Metadata, annotations: Record<string, string>): Metadata {
  return { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
}

/** Deletion in the background: the wait ends with the object itself, while its pods end beside the namespace. */
export const workloadAnnotations = { "pulumi.com/deletionPropagationPolicy": "background" };

/** Of a Job: one that failed is made anew by the next `pulumi up`, which would else meet its old failure again. */
export const madeAnew = { "pulumi.com/replaceUnready": "true" };

/** The same, where the next one may begin while the pod of this one ends. */
export const jobAnnotations = { ...workloadAnnotations, ...madeAnew };

/** Of what has a name of its own: one that is replaced, since somebody changed it, makes room for the new one first. */
export const inPlace = { deleteBeforeReplace: true };

/** @throws when the time is too short for the readiness Job to start, or endless. */
export function checkReadyWithin(seconds = defaultReadyWithinSeconds, argument = "readyWithinSeconds"): void {
  checkSeconds(argument, seconds, 20, 3600);
}

/** How long the provider waits for a Deployment or a Job. */
export function workloadOptions(readyWithinSeconds = defaultReadyWithinSeconds): CustomResourceOptions {
  const limit = `${String(readyWithinSeconds)}s`;
  return { customTimeouts: { create: limit, update: limit } };
}

/**
 * The namespace as the owner of a workload that is deleted with it. Who deletes it in the foreground, as Pulumi does, has
 * the cluster end its workloads at once, by one request, not after the namespace controller's delay of five seconds.
 * @returns nothing where a component is deleted with something else or by itself.
 */
export function ownedByNamespace({ deletedWith }: ComponentResourceOptions = {}): {
  ownerReferences?: k8s.types.input.meta.v1.OwnerReference[];
} {
  if (!k8s.core.v1.Namespace.isInstance(deletedWith)) return {};
  const { name, uid } = deletedWith.metadata;
  return { ownerReferences: [{ apiVersion: "v1", kind: "Namespace", name, uid, blockOwnerDeletion: true }] };
}
