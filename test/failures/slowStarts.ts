import { untilHopeless } from "../../cli/diagnosis/failFast.ts";
import { kubectl, uniqueName } from "../integration/shell.ts";
import { brokenEnvironment } from "./brokenEnvironment.ts";
import { create, observed, remove } from "./objects.ts";
import { slowImage } from "./faultyServer.ts";
import { node, type Scenario } from "./scenarios/scenario.ts";

/** A way in which an environment takes its time, and then is ready. */
export type SlowStart = Pick<Scenario, "what" | "container" | "store">;

const server = `
  const pages = { '/health': { health: [] }, '/version': { commit: 'expected' } };
  process.on('SIGTERM', () => process.exit());
  const listen = () => require('node:http')
    .createServer((request, response) => response.end(JSON.stringify(pages[request.url] ?? {})))
    .listen(8080);`;
const late = node(`${server} setTimeout(listen, 30_000);`);
const needsStore = node(`${server}
  require('node:net').connect(80, 'store').on('connect', listen).on('error', () => process.exit(1));`);
const failsOnce = node(`${server}
  const fs = require('node:fs');
  if (fs.existsSync('/tmp/failed')) listen();
  else { fs.writeFileSync('/tmp/failed', ''); throw new Error('once'); }`);

export const slowStarts: SlowStart[] = [
  { what: "a pull that takes 20 s", container: { image: slowImage } },
  { what: "a start that takes 30 s", container: { command: late } },
  {
    what: "a service that ends until what it uses is there, 30 s late",
    container: { command: needsStore },
    store: { command: late },
  },
  { what: "one restart", container: { command: failsOnce } },
];

/** Makes an environment that is slow. @returns what was wrongly said of it, if anything; its seconds until it was ready. */
export async function startSlowly(start: SlowStart): Promise<{ alarm: string | undefined; seconds: number }> {
  const namespace = uniqueName("slow");
  const objects = brokenEnvironment({ ...start, cause: "slow" }, namespace);
  const ended = new AbortController();
  const begin = Date.now();
  try {
    await create(objects);
    const observation = observed(namespace, ended.signal);
    const watching = untilHopeless({ observation, signal: ended.signal });
    const ready = kubectl(
      "wait",
      "-n",
      namespace,
      "job/readiness",
      "--for=condition=Complete",
      "--timeout=150s",
    );
    await Promise.race([ready, watching]);
    ended.abort();
    const failure = await watching;
    if (failure === undefined) await ready;
    else ready.catch(() => undefined);
    return { alarm: failure?.message, seconds: (Date.now() - begin) / 1000 };
  } finally {
    ended.abort();
    await remove(objects);
  }
}
