import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkGraph } from "./model/graph.ts";
import { jobLabels } from "./model/jobs.ts";
import { shortHash } from "./model/names.ts";
import { readinessProgram, readinessTargets } from "./model/readiness.ts";
import { checkPlacement, type Placement } from "./model/placement.ts";
import type { Service } from "./model/service.ts";
import { testRunnerJobSpec } from "./model/testRunnerJob.ts";
import { validated } from "./validation.ts";
import {
  checkReadyWithin,
  defaultReadyWithinSeconds,
  ownedByNamespace,
  workloadAnnotations,
  workloadOptions,
} from "./workload.ts";

/** What the Job's own start may take of its time, so that it ends by itself and says what did not answer. */
const secondsToStart = 10;

export interface ReadinessCheckArgs {
  /** Namespace whose services are checked. */
  namespace: pulumi.Input<string>;
  /** Services that must answer, dependencies first: those that do not are named in this order. */
  services: Service[];
  /** Name of the service under test, whose commit is checked. */
  application: string;
  /** Commit that the application must report. */
  commit: string;
  /** Image with Node 22 or later as `node`, by digest. */
  image: pulumi.Input<string>;
  /** Images that the services run, by name; when one changes, the check runs again. Default: `{}`. */
  images?: Record<string, pulumi.Input<string>>;
  /** Where the check runs. Default: anywhere. */
  placement?: Placement;
  /** Service account of the Job, such as that of the `TestRunner`. */
  serviceAccountName: pulumi.Input<string>;
  /** Seconds until all services must answer. Default: `140`. */
  readyWithinSeconds?: number;
}

/**
 * The gate of an environment: a Job that starts with the workloads and ends well once every service answers, every
 * health body reports all dependencies as working and the application reports the commit. The provider awaits Jobs,
 * so `pulumi up` fails when this one does.
 */
export class ReadinessCheck extends pulumi.ComponentResource {
  /** The commit that the application was seen to report; empty where it has no `commitPath`. */
  public readonly readyCommit: pulumi.Output<string>;

  constructor(name: string, args: ReadinessCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    const targets = validated(
      "ReadinessCheck",
      name,
      args,
      ["namespace", "image", "serviceAccountName"],
      () => {
        checkReadyWithin(args.readyWithinSeconds);
        checkGraph(args.services);
        checkPlacement(args.placement ?? {});
        return readinessTargets(args.services, args.application, args.commit);
      },
    );
    super("dynamic-environments:index:ReadinessCheck", name, {}, opts);
    const withinSeconds = args.readyWithinSeconds ?? defaultReadyWithinSeconds;
    const labels = jobLabels("readiness");
    const job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          ...{ name: "readiness", namespace: args.namespace, labels, annotations: workloadAnnotations },
          ...ownedByNamespace(opts),
        },
        spec: testRunnerJobSpec<pulumi.Input<string>>({
          name: "readiness",
          image: args.image,
          command: [
            "node",
            "--input-type=module",
            "--eval",
            readinessProgram(targets, withinSeconds - secondsToStart),
          ],
          serviceAccountName: args.serviceAccountName,
          deadlineSeconds: withinSeconds,
          annotations: { "dynenv/images": hashOf(args.images ?? {}) },
          placement: args.placement,
        }),
      },
      { parent: this, deleteBeforeReplace: true, ...workloadOptions(withinSeconds) },
    );
    const seen = targets.find(({ commitPath }) => commitPath !== undefined)?.commit ?? "";
    this.readyCommit = job.status.apply(() => seen);
    this.registerOutputs({ readyCommit: this.readyCommit });
  }
}

/** A change of any image changes the Job's template, so that it runs again. */
function hashOf(images: Record<string, pulumi.Input<string>>): pulumi.Output<string> {
  return pulumi
    .output(images)
    .apply((references) => shortHash(JSON.stringify(Object.entries(references).toSorted())));
}
