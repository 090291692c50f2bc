import { dirname } from "node:path/posix";
import type { ResultsArguments } from "../../readiness/arguments.ts";
import { programCommand } from "../../readiness/command.ts";
import { containerResources, jobResources } from "../graph/containerResources.ts";
import { writablePath } from "../graph/writablePath.ts";
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

interface Folders {
  folder?: string | undefined;
  writablePaths?: string[] | undefined;
  results?: { path: string } | undefined;
}

/** What a container of a Job mounts, and the volumes for it. */
export function suiteFolders({ folder, writablePaths = [], results }: Folders) {
  const written = results && dirname(results.path);
  const paths = writablePaths.map(writablePath).filter(({ path }) => path !== written);
  const sizeLimit = containerResources(jobResources).limits["ephemeral-storage"];
  const writable = [
    ...paths.map(({ path, size = sizeLimit }, index) => ({ name: `writable-${String(index)}`, path, size })),
    ...(written === undefined ? [] : [{ name: "results", path: written, size: sizeLimit }]),
  ];
  const isGiven = folder !== undefined;
  return {
    mounts: [
      ...(isGiven ? [{ name: "folder", mountPath: folder, readOnly: true }] : []),
      ...writable.map(({ name, path }) => ({ name, mountPath: path })),
    ],
    volumes: [
      ...(isGiven ? [{ name: "folder", emptyDir: { sizeLimit: "1Mi" } }] : []),
      ...writable.map(({ name, size }) => ({ name, emptyDir: { sizeLimit: size } })),
    ],
  };
}
