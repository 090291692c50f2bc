import { addressVariables } from "../graph/addresses.ts";
import { containerResources, jobResources, type StatedResources } from "../graph/containerResources.ts";
import { mustNotBeMoved } from "./eviction.ts";
import { type GivenMetadata, withGiven } from "./givenMetadata.ts";
import { connectionsContainer, jobLabels } from "./jobs.ts";
import { placementSpec, type Placement } from "./placement.ts";
import { containerDefaults, podDefaults } from "./podSpec.ts";
import { suiteFolders, suiteGracePeriod, suiteResults } from "./testResults.ts";
import type { Service } from "../graph/service.ts";

/** Name of the CronJob that describes an environment's tests. */
export const testJobName = "test";

/** The thirtieth of February: a schedule for a CronJob that is only ever started by hand. */
export const neverSchedule = "0 0 30 2 *";

/** A Job of the test runner: what it runs, and for how long at most. */
export interface TestRunnerJob<Text> extends StatedResources {
  /** What it is there for, and the name of its container. */
  name: "readiness" | "test";
  image: Text;
  /** Default: what the image runs by itself. */
  command?: (string | Text)[] | undefined;
  serviceAccountName: Text;
  /** Seconds until the Job is ended. */
  deadlineSeconds: number;
  /** Default: `{}`. */
  environment?: Record<string, string>;
  /** Annotations of the pod. Default: `{}`. */
  annotations?: Record<string, Text>;
  /** Labels and annotations that the program gives to the pod. Default: none. */
  given?: GivenMetadata;
  /** Path of a folder that is as old as the pod. Default: there is none. */
  folder?: string;
  /** What runs before, in the same pod. Default: nothing. */
  connections?: { image: Text; command: string[] };
  /** Where the pod runs. Default: anywhere. */
  placement?: Placement | undefined;
  /** Default: that of all pods. */
  user?: number | undefined;
  /** The part of the container that takes further variables. Default: nothing. */
  variables?: object;
  /** What its container writes for others, and the image that passes it on. Default: nothing. */
  results?: { image: Text; path: string } | undefined;
}

/** Spec of a Job that runs once, as the test runner: the graph lets it call every service. */
export function testRunnerJobSpec<Text>(job: TestRunnerJob<Text>) {
  const { results } = job;
  const { volumeMounts, volumes } = suiteFolders(job);
  const initContainers = [
    // The first: by the time that the tests begin, it listens.
    ...(results ? [suiteResults(results)] : []),
    ...(job.connections ? [connectionsOf(job.connections)] : []),
  ];
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: job.deadlineSeconds,
    template: {
      metadata: withGiven(
        { labels: jobLabels(job.name), annotations: { ...mustNotBeMoved, ...job.annotations } },
        job.given,
      ),
      spec: {
        ...podDefaults(job.user === undefined ? {} : { user: job.user }),
        ...(results && suiteGracePeriod),
        ...placementSpec(job.placement ?? {}),
        restartPolicy: "Never",
        serviceAccountName: job.serviceAccountName,
        ...(initContainers.length > 0 && { initContainers }),
        containers: [
          {
            ...containerDefaults(),
            name: job.name,
            image: job.image,
            ...(job.command && { command: job.command }),
            env: Object.entries(job.environment ?? {}).map(([name, value]) => ({ name, value })),
            ...job.variables,
            resources: containerResources(job, jobResources),
            ...(volumeMounts.length > 0 && { volumeMounts }),
          },
        ],
        ...(volumes.length > 0 && { volumes }),
      },
    },
  };
}

/** The container that waits until the others may begin. */
function connectionsOf<Text>({ image, command }: { image: Text; command: string[] }) {
  return {
    ...containerDefaults(),
    ...{ name: connectionsContainer, image, command },
    resources: containerResources(jobResources),
  };
}

/** Where a test finds the services, and which commit it should meet: `DEALS_ADDRESS`, ..., `EXPECTED_COMMIT`. */
export function testEnvironment(services: Service[], commit: string): Record<string, string> {
  const addresses = services.flatMap(addressVariables).map(({ name, value }) => [name, value] as const);
  return { ...Object.fromEntries(addresses), EXPECTED_COMMIT: commit };
}
