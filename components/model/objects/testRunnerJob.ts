import { containerResources, jobResources } from "../graph/containerResources.ts";
import { addressVariable } from "../graph/environmentVariables.ts";
import { mustNotBeMoved } from "./eviction.ts";
import { type GivenMetadata, withGiven } from "./givenMetadata.ts";
import { address } from "../graph/graph.ts";
import { connectionsContainer, jobLabels } from "./jobs.ts";
import { placementSpec, type Placement } from "./placement.ts";
import { containerDefaults, podDefaults } from "./podSpec.ts";
import type { Service } from "../graph/service.ts";

/** Name of the CronJob that describes an environment's tests. */
export const testJobName = "test";

/** The thirtieth of February: a schedule for a CronJob that is only ever started by hand. */
export const neverSchedule = "0 0 30 2 *";

/** A Job of the test runner: what it runs, and for how long at most. */
export interface TestRunnerJob<Text> {
  /** What it is there for, and the name of its container. */
  name: "readiness" | "test";
  image: Text;
  command: (string | Text)[];
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
}

/** Spec of a Job that runs once, as the test runner: the graph lets it call every service. */
export function testRunnerJobSpec<Text>(job: TestRunnerJob<Text>) {
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: job.deadlineSeconds,
    template: {
      metadata: withGiven(
        { labels: jobLabels(job.name), annotations: { ...mustNotBeMoved, ...job.annotations } },
        job.given,
      ),
      spec: {
        ...podDefaults(),
        ...placementSpec(job.placement ?? {}),
        restartPolicy: "Never",
        serviceAccountName: job.serviceAccountName,
        ...(job.connections && {
          initContainers: [
            {
              ...containerDefaults(),
              name: connectionsContainer,
              image: job.connections.image,
              command: job.connections.command,
              resources: containerResources(jobResources),
            },
          ],
        }),
        containers: [
          {
            ...containerDefaults(),
            name: job.name,
            image: job.image,
            command: job.command,
            env: Object.entries(job.environment ?? {}).map(([name, value]) => ({ name, value })),
            resources: containerResources(jobResources),
            ...(job.folder !== undefined && {
              volumeMounts: [{ name: "folder", mountPath: job.folder, readOnly: true }],
            }),
          },
        ],
        ...(job.folder !== undefined && { volumes: [{ name: "folder", emptyDir: { sizeLimit: "1Mi" } }] }),
      },
    },
  };
}

/** Where a test finds the services, and which commit it should meet: `DEALS_ADDRESS`, ..., `EXPECTED_COMMIT`. */
export function testEnvironment(services: Service[], commit: string): Record<string, string> {
  const addresses = services.map((service) => [addressVariable(service.name), address(service)] as const);
  return { ...Object.fromEntries(addresses), EXPECTED_COMMIT: commit };
}
