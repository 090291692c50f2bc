import { textForTheReadinessJob, waitsForConnections, type ReadinessTarget } from "./readinessProbe.ts";
import { writesTheReport } from "./readinessReport.ts";
import { revisionPort } from "./revision.ts";
import type { Service } from "./service.ts";
import { suggestion } from "./suggestion.ts";
import { shown } from "./shown.ts";

/** Seconds until an environment must be ready: a broken one ends within three minutes, start and removal included. */
export const defaultReadyWithinSeconds = 140;

/** What the readiness Job checks, in the graph's order: the first one that fails is the root cause. */
export function readinessTargets(
  services: Service[],
  application: string,
  commit: string,
): ReadinessTarget[] {
  if (!services.some(({ name }) => name === application))
    throw new Error(
      `application ${shown(application)} is not among the services: ${suggestion(
        application,
        services.map(({ name }) => name),
      )}`,
    );
  return services.map((service) => ({
    service: service.name,
    host: service.name,
    port: service.port,
    ...(service.healthPath !== undefined && { healthPath: service.healthPath }),
    ...(service.seed !== undefined && { isSeeded: true }),
    ...((service.replicas ?? 1) > 1 && { replicas: service.replicas }),
    ...(service.name === application &&
      service.commitPath !== undefined && { commitPath: service.commitPath, commit }),
  }));
}

/** The same targets, each with where its new pods answer. @param host of the Service that `revisionPorts` describes. */
export function throughRevisions(targets: ReadinessTarget[], host: string): ReadinessTarget[] {
  return targets.map((target, index) => ({ ...target, pods: { host, port: revisionPort(index) } }));
}

/** A folder that the kubelet makes with the pod, before it pulls the image: its age is the pod's. */
export const startFolder = "/started";

/** Where the kubelet takes the message of an ended container from, which Pulumi shows. */
const terminationLog = "/dev/termination-log";

/** Seconds that a test Job waits for its connections. */
const connectionsWithin = 30;

/**
 * Program that ends once all services take connections, for `node --input-type=module --eval`; by `process.exit`, since
 * a name look-up that hangs would hold it up.
 */
export function connectionsProgram(
  services: Pick<Service, "name" | "port">[],
  withinSeconds = connectionsWithin,
): string {
  const addresses = services.map(({ name, port }) => ({ service: name, host: name, port }));
  return `${waitsForConnections.join("\n")}
const fs = process.getBuiltinModule("node:fs");
const closed = await closedConnections(${JSON.stringify(addresses)}, ${String(withinSeconds)});
if (closed.length > 0) {
  const sentence = "no connection within ${String(withinSeconds)} s to " + closed.join(", ") + "; see dynenv diagnose";
  console.log(sentence);
  if (fs.existsSync("${terminationLog}")) fs.writeFileSync("${terminationLog}", sentence.slice(0, 4000));
  process.exit(1);
}`;
}

/** Program of the readiness Job, for `node --input-type=module --eval`. */
export function readinessProgram(targets: ReadinessTarget[], withinSeconds: number): string {
  return `${[textForTheReadinessJob(), ...writesTheReport].join("\n")}
const fs = process.getBuiltinModule("node:fs");
const within = ${String(withinSeconds)};
const age = fs.existsSync("${startFolder}") ? (Date.now() - fs.statSync("${startFolder}").mtimeMs) / 1000 : 0;
const report = reportOf(await waitUntilReady(${JSON.stringify(targets)}, within - age), within);
console.log(report.summary);
if (fs.existsSync("${terminationLog}")) fs.writeFileSync("${terminationLog}", reportText(report));
process.exitCode = report.services.some(({ failure }) => failure !== undefined) ? 1 : 0;`;
}
