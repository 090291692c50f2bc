import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  checkCommand,
  checkGivenMetadata,
  checkGraph,
  checkPlacement,
  checkSeconds,
  connectionsCommand,
  jobLabels,
  neverSchedule,
  type Placement,
  type Service,
  testEnvironment,
  testJobName,
  testRunner,
  testRunnerJobSpec,
  withGiven,
} from "../model/index.ts";
import { createServiceAccount } from "../services/serviceAccount.ts";
import { validated } from "../validation.ts";
import { inPlace } from "../services/workload.ts";

export interface TestRunnerArgs {
  /** Namespace whose services are tested. */
  namespace: pulumi.Input<string>;
  /** Services that the tests call: each address becomes a variable, such as `DEALS_ADDRESS`. */
  services: Service[];
  /** Commit that the application should report; the tests find it in `EXPECTED_COMMIT`. */
  commit: string;
  /** Image that holds the tests, by digest. */
  image: pulumi.Input<string>;
  /**
   * Image with Node 22 or later as `node`, by digest, in which a test Job waits until each service takes its connections.
   * Default: `image`.
   */
  readinessImage?: pulumi.Input<string>;
  /** Command that runs the tests. */
  command: string[];
  /** Names of the Secrets with which the image is pulled. Default: `[]`. */
  pullSecrets?: pulumi.Input<string>[];
  /** Where the tests run. Default: anywhere. */
  placement?: Placement;
  /** Seconds that a test run may take. Default: `600`. */
  testWithinSeconds?: number;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * The tests of an environment, as a suspended CronJob: Kubernetes' own form of a Job that is started on demand, by
 * `dynenv test` or by `kubectl create job --from=cronjob/test NAME`. Only the CronJob waits for what is in `dependsOn`.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export class TestRunner extends pulumi.ComponentResource {
  /** Service account of the test runner, which the readiness Job shares. */
  public readonly serviceAccountName: pulumi.Output<string>;

  constructor(name: string, args: TestRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { testWithinSeconds = 600 } = args;
    const environment = validated("TestRunner", name, args, ["namespace", "image", "readinessImage"], () => {
      checkCommand("command", args.command, ["npm", "test"]);
      checkSeconds("testWithinSeconds", testWithinSeconds, 1, 86_400);
      checkGraph(args.services);
      checkGivenMetadata(args);
      checkPlacement(args.placement ?? {});
      return testEnvironment(args.services, args.commit);
    });
    const { deletedWith, dependsOn = [], ...own } = opts ?? {};
    super("dynamic-environments:index:TestRunner", name, {}, own);
    const { namespace, pullSecrets } = args;
    this.serviceAccountName = createServiceAccount(
      `${name}-account`,
      { name: testRunner, namespace, pullSecrets },
      args,
      { parent: this, ...(deletedWith && { deletedWith }) },
    );
    const spec = testRunnerJobSpec<pulumi.Input<string>>({
      name: testJobName,
      image: args.image,
      command: args.command,
      serviceAccountName: this.serviceAccountName,
      deadlineSeconds: testWithinSeconds,
      environment,
      connections: {
        image: args.readinessImage ?? args.image,
        command: connectionsCommand(args.services),
      },
      placement: args.placement,
      given: args,
    });
    // Deleted by itself and before what it depends on: a destroy that meets another cluster then fails before the engine
    // forgets what would have gone with the namespace.
    createCronJob(name, args, spec, { parent: this, dependsOn, ...inPlace });
    this.registerOutputs({ serviceAccountName: this.serviceAccountName });
  }
}

function createCronJob(
  name: string,
  args: TestRunnerArgs,
  spec: k8s.types.input.batch.v1.JobSpec,
  opts: pulumi.CustomResourceOptions,
): void {
  const labels = jobLabels("test");
  new k8s.batch.v1.CronJob(
    name,
    {
      metadata: withGiven({ name: testJobName, namespace: args.namespace, labels }, args),
      spec: {
        suspend: true,
        schedule: neverSchedule,
        jobTemplate: { metadata: withGiven({ labels }, args), spec },
      },
    },
    opts,
  );
}
