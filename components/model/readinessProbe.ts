import type { ServiceReport } from "./readinessReport.ts";

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

/** What a target answered, and why that does not count as ready, where it does not. */
type Answer = Omit<ServiceReport, "service" | "milliseconds">;

/**
 * The functions below, whose source text runs in the readiness Job: they refer to each other and to what every Node
 * has, and to nothing else of this module.
 */
export const runsInTheReadinessJob = [
  waitUntilReady,
  lastAnswer,
  ask,
  judgedHealth,
  judgedCommit,
  commitIn,
  failedDependency,
  get,
  connect,
  connects,
  reasonOf,
];

/**
 * Asks every target again and again until each has answered as it should.
 * @returns what each answered last, in the given order.
 */
export function waitUntilReady(targets: ReadinessTarget[], withinSeconds: number): Promise<ServiceReport[]> {
  const deadline = Date.now() + withinSeconds * 1000;
  return Promise.all(targets.map((target) => lastAnswer(target, deadline)));
}

async function lastAnswer(target: ReadinessTarget, deadline: number): Promise<ServiceReport> {
  const { service } = target;
  const pause = 200;
  const start = Date.now();
  let known: string | undefined;
  for (;;) {
    const answer = await ask(target);
    const now = Date.now();
    const report = { service, ...answer, milliseconds: now - start };
    if (answer.failure === undefined) {
      console.log(`${String(now - start)} ms: ${service} is ready`);
      return report;
    }
    if (now + pause > deadline) return report;
    if (answer.failure !== known)
      console.log(`${String(now - start)} ms: ${service} is not ready: ${answer.failure}`);
    known = answer.failure;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function ask(target: ReadinessTarget): Promise<Answer> {
  const { healthPath, commitPath } = target;
  const refused = await connect(target);
  if (refused !== undefined) return { asked: `port ${String(target.port)}`, failure: refused };
  const health =
    healthPath === undefined ? undefined : judgedHealth(await get(target, healthPath), healthPath);
  if (health?.failure !== undefined) return health;
  if (commitPath === undefined) return health ?? { asked: `port ${String(target.port)}` };
  return judgedCommit(await get(target, commitPath), commitPath, target.commit);
}

/** A health page counts as ready when it answers 200 and names nothing that does not work. */
export function judgedHealth({ body = "", ...answer }: Answer, path: string): Answer {
  const dependency = failedDependency(body);
  const named = { ...answer, body, ...(dependency !== undefined && { dependency }) };
  if (answer.failure !== undefined) return named;
  return dependency === undefined
    ? answer
    : { ...named, failure: `${path} reports that ${dependency} does not work` };
}

/** A commit counts when it is the one that was deployed. */
function judgedCommit({ body = "", ...answer }: Answer, path: string, expected: string | undefined): Answer {
  if (answer.failure !== undefined) return { ...answer, body };
  const commit = commitIn(body);
  if (commit === expected) return { ...answer, commit };
  return {
    ...{ ...answer, body, commit: commit ?? "" },
    failure: `${path} reports ${commit ?? "no commit"} instead of ${String(expected)}`,
  };
}

function commitIn(body: string): string | undefined {
  try {
    const { commit } = JSON.parse(body) as { commit?: unknown };
    return typeof commit === "string" ? commit : undefined;
  } catch {
    return undefined;
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

async function get(target: ReadinessTarget, path: string): Promise<Answer> {
  const asked = `GET ${path} on port ${String(target.port)}`;
  const url = `http://${target.host}:${String(target.port)}${path}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const { status } = response;
    const answer = { asked, status, body: await response.text() };
    return status === 200 ? answer : { ...answer, failure: `${path} answers ${String(status)}` };
  } catch (error) {
    return { asked, failure: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  return typeof code === "string" ? code : (cause?.code ?? cause?.message ?? message);
}

/**
 * Connects once. What a node drops, since it does not know yet that the policies allow it, TCP sends again only after a
 * second: a new connection is sooner.
 * @returns why there is no connection; nothing where there is one.
 */
async function connect(target: ReadinessTarget): Promise<string | undefined> {
  const port = `port ${String(target.port)}`;
  try {
    for (const milliseconds of [250, 250, 250, 250, 1000])
      if (await connects(target, milliseconds)) return undefined;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return syscall === "getaddrinfo" ? String(code) : `${port}: ${String(code)}`;
  }
  return `${port}: no connection within 2 s`;
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
