import type * as pulumi from "@pulumi/pulumi";
import { EnvironmentKind, type Plan } from "../model/index.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";
import type { PinnedImages } from "./pinnedImages.ts";

/** What everything in the namespace is made from. */
export interface Planned extends Plan {
  name: string;
  args: EphemeralEnvironmentArgs;
  pinned: PinnedImages;
  opts: pulumi.ComponentResourceOptions;
}

/** What everything with pods is made from. */
export interface Frame extends Planned {
  /** Known once pods may start in it. */
  namespace: pulumi.Output<string>;
  pullSecrets: pulumi.Output<string>[];
  /** Those of the project's own services, by name. */
  images: Record<string, pulumi.Output<string>>;
}

/** What every component within passes on to its objects. */
export function given({ labels = {}, annotations = {} }: EphemeralEnvironmentArgs) {
  return { labels, annotations };
}

/** Image of one of the project's own services. */
export function imageOf({ images }: Frame, service: string): pulumi.Input<string> {
  return images[service] ?? "";
}

/** An image with Node, in which it is waited for services. */
export function readinessImage(frame: Frame): pulumi.Input<string> {
  const { application, readiness = {} } = frame.args;
  return readiness.image ?? imageOf(frame, readiness.service ?? application.name);
}

/** What all Deployments are told. */
export function deployment(frame: Frame) {
  const { args, namespace, pullSecrets, rules, gateway } = frame;
  const { surge, drainSeconds } = rules;
  const drained = { drainSeconds: gateway === undefined ? 0 : drainSeconds };
  const disruptionBudget = args.kind === EnvironmentKind.standing;
  const own = {
    namespace,
    pullSecrets,
    surge,
    ...drained,
    disruptionBudget,
    placement: args.placement ?? {},
  };
  const { byReference: pinnedImages } = frame.pinned;
  const jobs = { readinessImage: readinessImage(frame), runTasks: args.runTasks ?? false };
  return { ...own, ...jobs, pinnedImages, ...given(args), ...readyWithin(args) };
}

export function readyWithin({ readiness }: EphemeralEnvironmentArgs): { readyWithinSeconds?: number } {
  const { withinSeconds } = readiness ?? {};
  return withinSeconds === undefined ? {} : { readyWithinSeconds: withinSeconds };
}
