import * as pulumi from "@pulumi/pulumi";
import {
  checkCommand,
  checkGivenMetadata,
  checkGraph,
  checkPlacement,
  checkSeconds,
  checkSuites,
  type Placement,
  type Service,
  testEnvironment,
  testRunner,
} from "../model/index.ts";
import { createServiceAccount } from "../services/serviceAccount.ts";
import { validated } from "../validation.ts";
import { createSuite, type TestSuite } from "./testSuite.ts";

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
  /** Command that runs the tests, where there is one suite of them. Default: none, `suites` are given. */
  command?: string[];
  /** Suites of tests, each started by its name, and without an image of their own in `image`. Default: one, of `command`. */
  suites?: TestSuite[];
  /** Names of the Secrets with which the image is pulled. Default: `[]`. */
  pullSecrets?: pulumi.Input<string>[];
  /** Where the tests run. Default: anywhere. */
  placement?: Placement;
  /** Seconds that a test run may take. Default: `600`, where `suites` are given what each of them says. */
  testWithinSeconds?: number;
  /** Labels of every object, beside its own, which win. Default: `{}`. */
  labels?: Record<string, string>;
  /** Annotations of every object, beside its own, which win. Default: `{}`. */
  annotations?: Record<string, string>;
}

/**
 * The tests of an environment, each suite as a suspended CronJob: Kubernetes' own form of a Job that is started on demand,
 * by `dynenv test` or by `kubectl create job --from=cronjob/test NAME`. Only CronJobs wait for what is in `dependsOn`.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
export class TestRunner extends pulumi.ComponentResource {
  /** Service account of the test runner, which the readiness Job shares. */
  public readonly serviceAccountName: pulumi.Output<string>;

  constructor(name: string, args: TestRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    const environment = validated("TestRunner", name, args, ["namespace", "image", "readinessImage"], () => {
      checkGraph(args.services);
      checkGivenMetadata(args);
      checkPlacement(args.placement ?? {});
      const variables = testEnvironment(args.services, args.commit);
      checkWhatIsRun(args, variables);
      return variables;
    });
    const { deletedWith, dependsOn = [], ...own } = opts ?? {};
    super("dynamic-environments:index:TestRunner", name, {}, own);
    const { namespace, pullSecrets } = args;
    const kept = { parent: this, ...(deletedWith && { deletedWith }) };
    this.serviceAccountName = createServiceAccount(
      `${name}-account`,
      { name: testRunner, namespace, pullSecrets },
      args,
      kept,
    );
    const common = {
      ...{ ...args, environment, serviceAccountName: this.serviceAccountName },
      readinessImage: args.readinessImage ?? args.image,
    };
    // Deleted by themselves and before what they depend on: a destroy that meets another cluster then fails before the
    // engine forgets what would have gone with the namespace.
    for (const suite of suitesOf(args)) createSuite(name, suite, common, { parent: this, dependsOn }, kept);
    this.registerOutputs({ serviceAccountName: this.serviceAccountName });
  }
}

/** @throws unless there is one command, or suites that are right. */
function checkWhatIsRun(args: TestRunnerArgs, environment: Record<string, string>): void {
  const { command, suites, testWithinSeconds } = args;
  if (suites === undefined) {
    checkCommand("command", command, ["npm", "test"]);
    checkSeconds("testWithinSeconds", testWithinSeconds ?? 600, 1, 86_400);
    return;
  }
  if (command !== undefined)
    throw new Error("both command and suites are given: leave out command, or make it that of a suite");
  if (testWithinSeconds !== undefined)
    throw new Error("both testWithinSeconds and suites are given: give withinSeconds in each suite instead");
  checkSuites("suites", suites, { environment });
}

function suitesOf({ suites, command = [], testWithinSeconds = 600 }: TestRunnerArgs): TestSuite[] {
  return suites ?? [{ command, withinSeconds: testWithinSeconds }];
}
