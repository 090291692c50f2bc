import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { V1Pod } from "#bundled/kubernetes";
import { hasCondition } from "../cli/kubernetes/conditions.ts";
import { watchUntil } from "../cli/kubernetes/watch.ts";
import { namespaceName } from "../components/model/index.ts";
import type { Work } from "../foundation/work.ts";
import type { Contender } from "./contenders/contender.ts";
import type { Laboratory } from "./laboratory.ts";
import { measure } from "./processes.ts";
import { applicationName, type Scenario } from "./scenario.ts";

/** Rounds that count, after a first one that does not. */
const rounds = 5;
const size = 8;
const everyMs = 10;
const limit = 180_000;

/**
 * Deploys environments whose application has an address, one after the other.
 * @returns for each the seconds from the moment that the application's pod is ready, as a watch tells it, until the address
 * answers to this machine; infinity where the environment fails.
 */
export async function measureAddress(own: Contender, laboratory: Laboratory, work: Work): Promise<number[]> {
  const measured: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const seconds = await measureOnce(own, laboratory, work);
    work.progress(`an address, round ${String(round)}: ${seconds.toFixed(2)} s after its pod`);
    if (round > 0) measured.push(seconds);
  }
  return measured;
}

async function measureOnce(own: Contender, laboratory: Laboratory, work: Work): Promise<number> {
  const stack = `bench-${randomBytes(5).toString("hex")}`;
  const namespace = namespaceName(stack);
  const scenario: Scenario = { size, manners: "well-behaved", exposed: true, ...laboratory.images };
  const folder = await mkdtemp(join(laboratory.folder, "address-"));
  const commands = await own.prepare({ scenario, stack, namespace, objects: [], folder });
  const over = new AbortController();
  const signal = AbortSignal.any([work.signal, over.signal, AbortSignal.timeout(limit)]);
  const moments = Promise.all([
    ready(laboratory, namespace, signal),
    answered(laboratory, namespace, signal),
  ]);
  // What ends it early is told by the command.
  moments.catch(() => undefined);
  try {
    const { exitCode, output } = await measure(commands.up);
    if (exitCode !== 0) {
      work.progress(`${own.name}: up with an address ended with ${String(exitCode)}:\n${output}`);
      return Number.POSITIVE_INFINITY;
    }
    const [podAt, addressAt] = await moments;
    return (addressAt - podAt) / 1000;
  } finally {
    over.abort();
    await measure(commands.down);
  }
}

/** When the application's pod is ready. */
function ready({ config }: Laboratory, namespace: string, signal: AbortSignal): Promise<number> {
  return watchUntil(config, {
    path: `/api/v1/namespaces/${namespace}/pods`,
    selector: { labelSelector: `app.kubernetes.io/name=${applicationName}` },
    signal,
    pick: (pod) => (hasCondition(pod as V1Pod, "Ready") ? performance.now() : undefined),
  });
}

/** When the gateway hands a request on to the application for the first time. */
async function answered({ cluster }: Laboratory, namespace: string, signal: AbortSignal): Promise<number> {
  const [domain = "", port = ""] = cluster.gateway?.domain.split(":") ?? [];
  while ((await status(`${namespace}.${domain}`, port, signal)) !== 200)
    await pause(everyMs, undefined, { signal });
  return performance.now();
}

function status(host: string, port: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, headers: { host }, agent: false, signal };
    const asked = request(options, (response) => {
      response.resume().once("end", () => {
        resolve(response.statusCode);
      });
    });
    asked.once("error", reject);
    asked.end();
  });
}
