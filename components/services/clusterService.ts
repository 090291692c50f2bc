import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Service, servicePorts, workloadLabels } from "../model/index.ts";
import { annotated, inPlace, type Metadata } from "./workload.ts";

/** The Service by which callers reach a service; none where it has no port. */
export function createService(
  name: string,
  service: Service,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  const ports = servicePorts(service);
  if (ports.length === 0) return;
  new k8s.core.v1.Service(
    name,
    {
      // The provider's wait for endpoints ends with a fixed pause of ten seconds; the readiness Job is the gate.
      metadata: annotated(metadata, { "pulumi.com/skipAwait": "true" }),
      // With the owner's label: what people put beside it never answers in its place.
      spec: { selector: workloadLabels(service.name), ports },
    },
    { ...opts, ...inPlace },
  );
}
