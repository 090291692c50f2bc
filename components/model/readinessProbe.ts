/** One thing that must answer before an environment counts as ready. */
export interface ReadinessTarget {
  service: string;
  host: string;
  port: number;
  /** HTTP path that must answer 200 with no failed dependency in its body. Default: a TCP connection is enough. */
  healthPath?: string;
  /** HTTP path that must answer `{"commit": <commit>}`. Default: not checked. */
  commitPath?: string;
  commit?: string;
}

/**
 * The functions below, whose source text runs in the readiness Job: they refer to each other and to what every Node
 * has, and to nothing else of this module.
 */
export const runsInTheReadinessJob = [
  waitUntilReady,
  lastFailure,
  check,
  commitIn,
  failedDependency,
  get,
  connect,
  connects,
];

/**
 * Asks every target again and again until each has answered as it should.
 * @returns nothing when all did, else one sentence that names those that did not and why, in the given order.
 */
export async function waitUntilReady(
  targets: ReadinessTarget[],
  withinSeconds: number,
): Promise<string | undefined> {
  const deadline = Date.now() + withinSeconds * 1000;
  const failures = await Promise.all(targets.map((target) => lastFailure(target, deadline)));
  const notReady = targets.flatMap(({ service }, index) => {
    const failure = failures[index];
    return failure === undefined ? [] : [`${service} (${failure})`];
  });
  return notReady.length === 0
    ? undefined
    : `not ready within ${String(withinSeconds)} s: ${notReady.join(", ")}`;
}

async function lastFailure(target: ReadinessTarget, deadline: number): Promise<string | undefined> {
  const pause = 200;
  const start = Date.now();
  let known: string | undefined;
  for (;;) {
    try {
      await check(target);
      console.log(`${String(Date.now() - start)} ms: ${target.service} is ready`);
      return undefined;
    } catch (error) {
      const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
      const failure = typeof code === "string" ? code : (cause?.code ?? cause?.message ?? message);
      const now = Date.now();
      if (now + pause > deadline) return failure;
      if (failure !== known)
        console.log(`${String(now - start)} ms: ${target.service} is not ready: ${failure}`);
      known = failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function check(target: ReadinessTarget): Promise<void> {
  await connect(target);
  if (target.healthPath !== undefined) {
    const failed = failedDependency(await get(target, target.healthPath));
    if (failed !== undefined) throw new Error(`${target.healthPath} reports that ${failed} does not work`);
  }
  if (target.commitPath !== undefined) {
    const commit = commitIn(await get(target, target.commitPath));
    if (commit === target.commit) return;
    throw new Error(`${target.commitPath} reports ${commit} instead of ${String(target.commit)}`);
  }
}

function commitIn(body: string): string {
  try {
    const { commit } = JSON.parse(body) as { commit?: unknown };
    return typeof commit === "string" ? commit : "no commit";
  } catch {
    return "no commit";
  }
}

function failedDependency(body: string): string | undefined {
  let page: { health?: unknown } | null;
  try {
    page = JSON.parse(body) as typeof page;
  } catch {
    // A health page that is no JSON says with its status alone that the service works.
    return undefined;
  }
  if (!Array.isArray(page?.health)) return undefined;
  const entries = page.health as { service?: string; status?: unknown }[];
  const failed = entries.find(({ status }) => String(status).toLowerCase() !== "ok");
  return failed && (failed.service ?? "a dependency");
}

async function get(target: ReadinessTarget, path: string): Promise<string> {
  const url = `http://${target.host}:${String(target.port)}${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${path} answers ${String(response.status)}`);
  return body;
}

/**
 * Connects once. What a node drops, since it does not know yet that the policies allow it, TCP sends again only after a
 * second: a new connection is sooner.
 */
async function connect(target: ReadinessTarget): Promise<void> {
  const port = `port ${String(target.port)}`;
  try {
    for (const milliseconds of [250, 250, 250, 250, 1000]) if (await connects(target, milliseconds)) return;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall === "getaddrinfo" ? error : new Error(`${port}: ${String(code)}`);
  }
  throw new Error(`${port}: no connection within 2 s`);
}

/** Whether a connection is made in time. @throws when it is refused. */
function connects({ host, port }: ReadinessTarget, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = process.getBuiltinModule("node:net").connect({ host, port, timeout: milliseconds });
    const end = (isConnected: boolean) => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once("connect", () => {
      end(true);
    });
    socket.once("timeout", () => {
      end(false);
    });
    socket.once("error", reject);
  });
}
