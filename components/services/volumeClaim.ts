import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Service, volumeClaimSpec } from "../model/index.ts";
import { annotated, type Metadata } from "./workload.ts";

/** The claim of a service's volume. */
export type VolumeClaim = k8s.core.v1.PersistentVolumeClaim;

/**
 * The claim of a service's volume, if it has one. It is protected: nothing that is deployed removes it, and Pulumi says so
 * where it would have to. It goes with its namespace alone.
 */
export function createVolumeClaim(
  name: string,
  { volume }: Service,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): VolumeClaim | undefined {
  if (volume === undefined) return undefined;
  return new k8s.core.v1.PersistentVolumeClaim(
    name,
    {
      // Many classes bind a volume only once a pod is to have it.
      metadata: annotated(metadata, { "pulumi.com/skipAwait": "true" }),
      spec: volumeClaimSpec(volume),
    },
    { ...opts, protect: true },
  );
}

/** The claim as the owner of what happens once in its volume's life. */
export function ownedByClaim({ metadata: { name, uid } }: VolumeClaim): {
  ownerReferences: k8s.types.input.meta.v1.OwnerReference[];
} {
  return { ownerReferences: [{ apiVersion: "v1", kind: "PersistentVolumeClaim", name, uid }] };
}
