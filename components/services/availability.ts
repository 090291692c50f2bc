import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { autoscalerSpec, disruptionBudgetSpec, type Service } from "../model/index.ts";
import { inPlace, type Metadata } from "./workload.ts";

/** What says how many pods of a service there are, if its settings do not. */
export function createAutoscaler(
  name: string,
  { name: service, autoscaling }: Service,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  if (autoscaling === undefined) return;
  const spec = autoscalerSpec(service, autoscaling);
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, { metadata, spec }, { ...opts, ...inPlace });
}

/** What keeps pods of a service running while nodes are drained, if it has several. */
export function createDisruptionBudget(
  name: string,
  service: Service,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  const spec = disruptionBudgetSpec(service);
  if (spec === undefined) return;
  new k8s.policy.v1.PodDisruptionBudget(name, { metadata, spec }, { ...opts, ...inPlace });
}
