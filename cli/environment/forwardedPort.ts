import { CoreV1Api, type V1Pod } from "#bundled/kubernetes";
import { named, shown, suggestion } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { mainContainer } from "../kubernetes/servicePods.ts";
import { unlessMissing } from "../kubernetes/unlessMissing.ts";
import type { Inside } from "./inside.ts";

/** A port over TCP as the Service has it, which is as people know it. */
export interface ServedPort {
  name?: string | undefined;
  port: number;
  /** Name or number of the container's port behind it. */
  behind: string;
}

/** The ports over TCP of a service; none of one that nobody calls. */
export async function servedPorts(
  { config, namespace }: Pick<Inside, "config" | "namespace">,
  service: string,
): Promise<ServedPort[]> {
  const core = config.makeApiClient(CoreV1Api);
  const found = await unlessMissing(core.readNamespacedService({ name: service, namespace }));
  const ports = overTcp(found?.spec?.ports);
  return ports.map(({ name, port, targetPort = port }) => ({ name, port, behind: String(targetPort) }));
}

/** What to look for in the container. @param wanted name or number of the Service's port, else of the container's. */
export function behindService(served: ServedPort[], wanted: string | undefined): string | undefined {
  return served.find(({ name, port }) => wanted === name || wanted === String(port))?.behind ?? wanted;
}

/** A container, as far as it is asked for its ports. */
interface HasPorts {
  ports?: { name?: string; containerPort: number; protocol?: string }[];
}

/** The number of a container's port. @param wanted its name or number. Default: the first one that takes TCP. */
export function containerPort(container: HasPorts | undefined, wanted?: string): number | undefined {
  const ports = overTcp(container?.ports);
  if (wanted === undefined) return ports[0]?.containerPort;
  const found = ports.find(({ name, containerPort }) => name === wanted || String(containerPort) === wanted);
  return found?.containerPort;
}

function overTcp<Port extends { protocol?: string }>(ports: Port[] = []): Port[] {
  return ports.filter(({ protocol = "TCP" }) => protocol === "TCP");
}

/** @throws where no pod of a service is ready, or none has the port. */
export function requirePort(
  ready: V1Pod[],
  { service, port, served }: { service: string; port: string | undefined; served: ServedPort[] },
  namespace: string,
): number {
  const [pod] = ready;
  if (pod === undefined)
    throw new Failure(
      "broken",
      `no pod of service ${service} of ${namespace} is ready: \`dynenv diagnose\` says why`,
    );
  const container = mainContainer(pod);
  const number = containerPort(container, behindService(served, port));
  if (number !== undefined) return number;
  const known = knownPorts(served, container);
  throw new Failure(
    "usage",
    port === undefined || known.length === 0
      ? `service ${named(service)} has no port that takes TCP connections: nothing of it can be opened`
      : `service ${named(service)} has no port ${shown(port)}: ${suggestion(port, known)}`,
  );
}

/** Where there is a Service, the names that it gives: the container's port is named by its revision, which nobody knows. */
function knownPorts(served: ServedPort[], container: HasPorts | undefined): string[] {
  const own = overTcp(container?.ports);
  const names = (served.length > 0 ? served : own).map(({ name }) => name);
  const numbers = [...served.map(({ port }) => port), ...own.map(({ containerPort }) => containerPort)];
  return [...new Set([...numbers.map(String), ...names])].filter((one) => one !== undefined);
}
