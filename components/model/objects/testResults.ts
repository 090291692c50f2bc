import { dirname } from "node:path/posix";
import type { ResultsArguments } from "../../readiness/arguments.ts";
import { programCommand } from "../../readiness/command.ts";
import { containerResources, jobResources, type StatedResources } from "../graph/containerResources.ts";
import { type Needs, sharedBy } from "../graph/podResources.ts";
import { writablePath } from "../graph/writablePath.ts";
import { emptyFolders, writableFolders } from "./emptyFolders.ts";
import { resultsContainer } from "./jobs.ts";
import { containerDefaults } from "./podSpec.ts";

/** Annotation of a CronJob of tests: where they write their results. */
export const resultsAnnotation = "dynenv/results";

/** What a container needs that reads one file and prints it. */
const resources = { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "500m", memory: "192Mi" } };

/** For the container that prints the results once it is told that the tests are over. */
export const suiteGracePeriod = { terminationGracePeriodSeconds: 5 };

/**
 * The container that prints the results of tests. It starts before them and is ended after them, by the kubelet: a
 * sidecar as Kubernetes knows it since 1.29.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function suiteResults<Text>({ image, path }: { image: Text; path: string }) {
  return {
    ...containerDefaults(),
    ...{ name: resultsContainer, image, restartPolicy: "Always" },
    command: programCommand("results", JSON.stringify({ path } satisfies ResultsArguments)),
    resources: containerResources(resources),
    volumeMounts: [{ name: "results", mountPath: dirname(path), readOnly: true }],
  };
}

/** What decides on how much the pod of a suite may use. */
export interface StatedSuite extends StatedResources {
  /** Path of the file that the suite writes its results to. Default: none. */
  results?: string | undefined;
}

/** What the pod of a suite needs: a container that waits, then the tests, and beside them what prints their results. */
export function suiteNeeds(suite: StatedSuite): Needs {
  const inTurn = [containerResources(jobResources), containerResources(suite, jobResources)];
  return sharedBy(inTurn, suite.results === undefined ? [] : [containerResources(resources)]);
}

interface Folders extends StatedResources {
  folder?: string | undefined;
  results?: { path: string } | undefined;
}

/** What a container of a Job mounts, and the volumes for it. */
export function suiteFolders({ folder, results, ...stated }: Folders) {
  const written = results && dirname(results.path);
  const writable = writableFolders(
    stated.writablePaths?.filter((path) => writablePath(path).path !== written),
  );
  const own = written === undefined ? [] : [{ name: "results", path: written }];
  const room = containerResources(stated, jobResources).limits["ephemeral-storage"];
  const { volumes, volumeMounts } = emptyFolders([...writable, ...own], room);
  if (folder === undefined) return { volumes, volumeMounts };
  return {
    volumeMounts: [{ name: "folder", mountPath: folder, readOnly: true }, ...volumeMounts],
    volumes: [{ name: "folder", emptyDir: { sizeLimit: "1Mi" } }, ...volumes],
  };
}
