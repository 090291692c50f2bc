import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BatchV1Api, type KubeConfig, type V1Job } from "#bundled/kubernetes";
import {
  askRoute,
  type ReadinessArguments,
  readinessJobName,
  type RouteTarget,
  shown,
  suggestion,
} from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { proxyFor } from "../../foundation/proxy.ts";
import { urlsIn } from "../kubernetes/route.ts";
import { unlessMissing } from "../kubernetes/unlessMissing.ts";

/** The address of a service outside of the cluster. */
export interface OutsideAddress {
  service: string;
  url: string;
}

const page = "docs/addresses.md";

/**
 * The address at which tests call an environment.
 * @param wanted whose it is to be. Default: the application's, or that of the only service that has one.
 * @throws when there is none.
 */
export function addressAmong(
  urls: ReadonlyMap<string, string>,
  namespace: string,
  wanted: string | undefined,
): OutsideAddress {
  const all = [...urls].map(([service, url]) => ({ service, url }));
  if (all.length === 0)
    throw new Failure(
      "usage",
      `namespace ${namespace} has no address outside of the cluster: give a service exposed: true in a cluster with a gateway, as ${page} says, or leave out --outside, and the tests run beside it`,
    );
  const names = [...urls.keys()];
  const isOfApplication = ({ url }: OutsideAddress) => new URL(url).hostname.startsWith(`${namespace}.`);
  const found =
    wanted === undefined
      ? (all.find(isOfApplication) ?? (all.length === 1 ? all[0] : undefined))
      : all.find(({ service }) => service === wanted);
  if (found !== undefined) return found;
  throw new Failure(
    "usage",
    wanted === undefined
      ? `the application of namespace ${namespace} has no address outside of the cluster: name one of the services that have, such as dynenv test ${names[0] ?? ""} --outside -- npm test`
      : `service ${shown(wanted)} has no address outside of the cluster in namespace ${namespace}: ${suggestion(wanted, names)}`,
  );
}

/** What is to answer before tests call an address: as the readiness Job asked for it, else any answer by the route. */
export function targetOf({ service, url }: OutsideAddress, readinessJob: V1Job | undefined): RouteTarget {
  const { protocol, hostname, port, pathname } = new URL(url);
  const tls = protocol === "https:";
  const usual = tls ? 443 : 80;
  const gateway = {
    host: isOfThisMachine(hostname) ? "127.0.0.1" : hostname,
    port: port === "" ? usual : Number(port),
  };
  const asked = argumentsOf(readinessJob)?.targets.find((target) => target.service === service)?.route;
  return { path: pathname, ...asked, host: hostname, tls, gateway };
}

/** What the readiness Job's program was told. */
function argumentsOf(job: V1Job | undefined): ReadinessArguments | undefined {
  const text = job?.spec?.template.spec?.containers[0]?.command?.at(-1);
  return text === undefined ? undefined : (JSON.parse(text) as ReadinessArguments);
}

/** Names below `localhost` are this machine's (RFC 6761), which not every resolver knows. */
function isOfThisMachine(hostname: string): boolean {
  return hostname.endsWith(".localhost");
}

/** Milliseconds that an address may take: the readiness Job has seen it answer within the cluster. */
const within = 60_000;
const again = 500;

/**
 * Waits until an address answers on this machine. One that only a proxy reaches is not asked.
 * @throws with what was answered last, when it takes too long.
 */
export async function untilAnswering(
  { service, url }: OutsideAddress,
  target: RouteTarget,
  signal: AbortSignal,
  limit = within,
): Promise<void> {
  if (proxyFor(new URL(url), process.env) !== undefined && !isOfThisMachine(target.host)) return;
  const deadline = Date.now() + limit;
  for (;;) {
    const { failure } = await askRoute(target, signal);
    signal.throwIfAborted();
    if (failure === undefined) return;
    if (Date.now() > deadline)
      throw new Failure(
        "broken",
        `${url} does not answer on this machine as the address of ${service} (${failure}): ${page}, When an address does not answer, says what it commonly is`,
      );
    await sleep(again, undefined, { signal }).catch(() => undefined);
  }
}

/** What to tell people whose tests may not find an address, since the system's resolver does not; nothing where it does. */
export async function resolverAdvice(
  url: string,
  resolve: typeof lookup = lookup,
): Promise<string | undefined> {
  const { hostname } = new URL(url);
  if (!isOfThisMachine(hostname)) return undefined;
  const found = await resolve(hostname).catch(() => undefined);
  if (found !== undefined) return undefined;
  return `this machine's resolver does not know ${hostname}: browsers and curl find it all the same; for other programs install libnss-myhostname, or add "127.0.0.1 ${hostname}" to /etc/hosts`;
}

/** The address of an environment at which tests call it, and what is to answer there. */
export async function outsideAddress(
  config: KubeConfig,
  namespace: string,
  service: string | undefined,
): Promise<{ address: OutsideAddress; target: RouteTarget }> {
  const batch = config.makeApiClient(BatchV1Api);
  const [urls, job] = await Promise.all([
    urlsIn(config, namespace),
    unlessMissing(batch.readNamespacedJob({ namespace, name: readinessJobName })),
  ]);
  const address = addressAmong(urls, namespace, service);
  return { address, target: targetOf(address, job) };
}
