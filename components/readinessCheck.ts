import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { testRunner } from "./model/graph.ts";
import { workloadLabels } from "./model/labels.ts";
import { readinessProgram, readinessTargets } from "./model/readiness.ts";
import type { Service } from "./model/service.ts";
import { testRunnerJobSpec } from "./model/testRunnerJob.ts";
import {
  defaultReadyWithinSeconds,
  withoutDeletedWith,
  workloadAnnotations,
  workloadOptions,
} from "./workload.ts";

/** What the Job's own start may take of its time, so that it ends by itself and says what did not answer. */
const secondsToStart = 10;

export interface ReadinessCheckArgs {
  /** Namespace whose services are checked. */
  namespace: pulumi.Input<string>;
  /** Services that must answer, in the graph's order. */
  services: Service[];
  /** Name of the service under test, whose commit is checked. */
  application: string;
  /** Commit that the application must report. */
  commit: string;
  /** Image with Node 22 or later as `node`, by digest. */
  image: pulumi.Input<string>;
  /** Service account of the test runner. */
  serviceAccountName: pulumi.Input<string>;
  /** Seconds until all services must answer. @default 140 */
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
    super("dynamic-environments:index:ReadinessCheck", name, args, withoutDeletedWith(opts).own);
    const withinSeconds = args.readyWithinSeconds ?? defaultReadyWithinSeconds;
    const labels = workloadLabels(testRunner);
    const targets = readinessTargets(args.services, args.application, args.commit);
    const job = new k8s.batch.v1.Job(
      name,
      {
        metadata: { name: "readiness", namespace: args.namespace, labels, annotations: workloadAnnotations },
        spec: testRunnerJobSpec({
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
        }),
      },
      { parent: this, deleteBeforeReplace: true, ...workloadOptions(withinSeconds) },
    );
    const seen = targets.find(({ commitPath }) => commitPath !== undefined)?.commit ?? "";
    this.readyCommit = job.status.apply(() => seen);
    this.registerOutputs({ readyCommit: this.readyCommit });
  }
}
