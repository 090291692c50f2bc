import { ConnectionProbe, type Attempt } from "./connectionProbe.ts";
import { kubectl } from "./shell.ts";

/** A connection that was tried, and how it ended. */
export interface Row {
  from: string;
  to: string;
  port: number;
  isOpen: boolean;
}

/** A pod that can be probed. */
interface Pod {
  /** What the rows call it. */
  name: string;
  namespace: string;
  /** As kubectl takes it. */
  target: string;
  /** Container that has Node. Default: the pod's first. */
  container?: string;
}

interface Place {
  name: string;
  host: string;
  ports: number[];
}

/** Addresses of the pods with a label `app.kubernetes.io/name`, by that name. */
export async function podAddresses(namespace: string): Promise<Map<string, string>> {
  const columns =
    'jsonpath={range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/name} {.status.podIP}{"\\n"}{end}';
  const running = "--field-selector=status.phase=Running";
  const lines = (await kubectl("get", "pods", "-n", namespace, running, "-o", columns)).trim().split("\n");
  return new Map(lines.map((line) => line.split(" ") as [string, string]));
}

/** Some pods that listen on some ports, and try connections to each other and to other places. */
export class Connectivity {
  private readonly probes: { pod: Pod; probe: ConnectionProbe }[];

  private constructor(probes: { pod: Pod; probe: ConnectionProbe }[]) {
    this.probes = probes;
  }

  static async start(pods: Pod[], ports: number[]): Promise<Connectivity> {
    const started = pods.map(async (pod) => {
      const probe = await ConnectionProbe.start(pod.namespace, pod.target, ports, pod.container);
      return { pod, probe };
    });
    return new Connectivity(await Promise.all(started));
  }

  /** Tries every connection from each pod to each place, all at once. */
  async rows(places: Place[]): Promise<Row[]> {
    const attempts = places.flatMap(({ name, host, ports }) => ports.map((port) => ({ name, host, port })));
    const tables = this.probes.map(async ({ pod, probe }) => {
      const others = attempts.filter(({ name }) => name !== pod.name);
      const results = await probe.attempt(others satisfies Attempt[]);
      return others.map(({ name, port }, index) => ({
        from: pod.name,
        to: name,
        port,
        isOpen: results[index] === "open",
      }));
    });
    return (await Promise.all(tables)).flat();
  }

  async end(): Promise<void> {
    await Promise.all(this.probes.map(({ probe }) => probe.end()));
  }
}

/** `from -> to:port` of the rows that were open, sorted. */
export function openRows(rows: Row[]): string[] {
  return rows
    .filter(({ isOpen }) => isOpen)
    .map(({ from, to, port }) => `${from} -> ${to}:${String(port)}`)
    .sort();
}
