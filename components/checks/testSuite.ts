import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  connectionsCommand,
  type GivenMetadata,
  jobLabels,
  neverSchedule,
  type Placement,
  type Resources,
  resultsAnnotation,
  type Service,
  suiteCronJob,
  testJobName,
  testRunnerJobSpec,
  withGiven,
} from "../model/index.ts";
import { createVariables } from "../services/variables.ts";
import { inPlace } from "../services/workload.ts";

/** Tests that run together, in one image. */
export interface TestSuite {
  /** Name by which it is started; its CronJob is `test-NAME`, that of `test` is `test`. Default: `test`. */
  name?: string;
  /** Command that runs the tests. Default: none, its `image` runs them by itself. */
  command?: string[];
  /** Image that holds the tests, by digest. Default: that of whoever has the suite. */
  image?: pulumi.Input<string>;
  /** Environment variables that are kept in a ConfigMap. Default: `{}`. */
  variables?: Record<string, pulumi.Input<string>>;
  /**
   * Environment variables that are kept in a Secret; always treated as secrets, and left out with trust `fork`.
   * Default: `{}`.
   */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Seconds that they may take. Default: `600`. */
  withinSeconds?: number;
  /** User id that they run as, which the image must allow for. Default: `10001`. */
  user?: number;
  /**
   * Folders that they may write to; each is empty at first, whatever the image has there. A size may follow, such as
   * `/tmp:2Gi`; else it is what they may use of the node's disk. Default: `[]`.
   */
  writablePaths?: string[];
  /** What they are scheduled with. Default: `50m` of CPU and `64Mi` of memory, or their limits where these are less. */
  requests?: Resources;
  /**
   * What they may use at most, such as 2 GiB of memory for a browser. Default: one core and `256Mi` of memory, or what
   * they request where that is more.
   */
  limits?: Resources;
  /**
   * JUnit XML file that they write, such as `/results/junit.xml`: `dynenv test` counts what is in it and copies it. Its
   * folder is empty at first, and they may write to it. Default: none.
   */
  results?: string;
}

/** What the suites of an environment have in common. */
export interface Suites extends GivenMetadata {
  namespace: pulumi.Input<string>;
  services: Service[];
  /** Of a suite that has none of its own. */
  image: pulumi.Input<string>;
  readinessImage: pulumi.Input<string>;
  placement?: Placement | undefined;
  serviceAccountName: pulumi.Input<string>;
  /** Variables that all of them have. */
  environment: Record<string, string>;
}

/**
 * The CronJob of a suite, and what its variables are kept in.
 * @param opts for the CronJob. @param kept for the others.
 */
export function createSuite(
  parentName: string,
  { name: suite = testJobName, ...tests }: TestSuite,
  common: Suites,
  opts: pulumi.CustomResourceOptions,
  kept: pulumi.CustomResourceOptions,
): void {
  const { namespace, readinessImage } = common;
  const name = suite === testJobName ? parentName : `${parentName}-${suite}`;
  const labels = jobLabels("test");
  const annotations =
    tests.results === undefined ? {} : { annotations: { [resultsAnnotation]: tests.results } };
  const spec = testRunnerJobSpec<pulumi.Input<string>>({
    name: "test",
    image: tests.image ?? common.image,
    command: tests.command,
    serviceAccountName: common.serviceAccountName,
    deadlineSeconds: tests.withinSeconds ?? 600,
    environment: common.environment,
    connections: { image: readinessImage, command: connectionsCommand(common.services) },
    placement: common.placement,
    given: common,
    user: tests.user,
    variables: createVariables(name, tests, withGiven({ namespace, labels }, common), kept),
    writablePaths: tests.writablePaths,
    requests: tests.requests,
    limits: tests.limits,
    results: tests.results === undefined ? undefined : { image: readinessImage, path: tests.results },
  });
  new k8s.batch.v1.CronJob(
    name,
    {
      metadata: withGiven({ name: suiteCronJob(suite), namespace, labels, ...annotations }, common),
      spec: {
        suspend: true,
        schedule: neverSchedule,
        jobTemplate: { metadata: withGiven({ labels }, common), spec },
      },
    },
    { ...opts, ...inPlace },
  );
}
