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
  /** Where its new pods answer, and no others. Default: at `host` and `port`. */
  pods?: Address;
  /** How many pods answer in turn. Default: `1`. */
  replicas?: number;
  /** Whether a seed waits until it is ready. Default: `false`. */
  isSeeded?: boolean;
}

interface Address {
  host: string;
  port: number;
}

/** What a target answered, and why that does not count as ready, where it does not. */
type Answer = Omit<ServiceReport, "service" | "milliseconds">;

/** Milliseconds that a health page may take, wherever it is asked from. */
export const pageLimit = 12_000;

/**
 * The functions below, whose source text runs in the readiness Job: they refer to each other and to what every Node
 * has, and of this module to `pageLimit` alone, which the Job gets as a number.
 */
const functions = [
  waitUntilReady,
  lastAnswer,
  ask,
  healthOfAll,
  judgedHealth,
  judgedCommit,
  commitIn,
  failedDependency,
  get,
  bodyOf,
  connect,
  connects,
  reasonOf,
];

/** Their text. The number is grouped as above: another text would be another Job, in every environment. */
export function textForTheReadinessJob(): string {
  const grouped = `${String(pageLimit / 1000)}_000`;
  return functions.join("\n").replaceAll(/\bpageLimit\b/g, grouped);
}

/** The same, for the container in which a test Job waits for its connections. */
export const waitsForConnections = [closedConnections, closedService, connects];

/**
 * Connects to all services at once, again and again, until each has taken its connection in three rounds in a row: the
 * policies of a new pod may come a moment after its start, and at each end of a connection at another moment.
 * @returns the services that took none in the last round, each with the reason.
 */
async function closedConnections(
  services: (Address & { service: string })[],
  withinSeconds: number,
): Promise<string[]> {
  const start = Date.now();
  for (let open = 0; ;) {
    const passed = Date.now() - start;
    // What is dropped on the way, TCP sends again only after a second: a new connection is sooner, unless the way is slow.
    const limit = passed < 3000 ? 250 : 2000;
    const closed = (await Promise.all(services.map((one) => closedService(one, limit)))).flat();
    open = closed.length === 0 ? open + 1 : 0;
    if (open === 3) return [];
    if (closed.length > 0 && passed >= withinSeconds * 1000) return closed;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @returns the service with the reason, unless it takes a connection. */
async function closedService(one: Address & { service: string }, limit: number): Promise<string[]> {
  try {
    return (await connects(one, limit)) ? [] : [`${one.service} (no answer on port ${String(one.port)})`];
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const where = syscall === "getaddrinfo" ? "" : ` on port ${String(one.port)}`;
    return [`${one.service} (${String(code)}${where})`];
  }
}

/**
 * Asks every target again and again until each has answered as it should.
 * @returns what each answered last, in the given order.
 */
export function waitUntilReady(targets: ReadinessTarget[], withinSeconds: number): Promise<ServiceReport[]> {
  const deadline = Date.now() + withinSeconds * 1000;
  return Promise.all(targets.map((target) => lastAnswer(target, deadline)));
}

/**
 * Asks a target again 0.2 s after it failed and at least every 2 s: a page may take its time, and a question that hangs
 * holds up no other. When the time is over, the first answer has some seconds more.
 */
function lastAnswer(target: ReadinessTarget, deadline: number): Promise<ServiceReport> {
  const { service, port, healthPath = `port ${String(port)}` } = target;
  const start = Date.now();
  const over = new AbortController();
  let last: Answer | undefined;
  let next: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const end = (answer: Answer) => {
      clearTimeout(next);
      clearTimeout(limit);
      over.abort();
      resolve({ service, ...answer, milliseconds: Date.now() - start });
    };
    const endOfTime = () => {
      if (last !== undefined) end(last);
      else limit = setTimeout(end, 5000, { asked: healthPath, failure: `${healthPath} does not answer` });
    };
    let limit = setTimeout(endOfTime, deadline - start);
    const askAgain = async () => {
      next = setTimeout(() => void askAgain(), 2000);
      const answer = await ask(target, over.signal);
      if (over.signal.aborted) return;
      const after = `${String(Date.now() - start)} ms: ${service} is`;
      if (answer.failure === undefined) console.log(`${after} ready`);
      else if (answer.failure !== last?.failure) console.log(`${after} not ready: ${answer.failure}`);
      last = answer;
      if (answer.failure === undefined || Date.now() >= deadline) {
        end(answer);
        return;
      }
      clearTimeout(next);
      next = setTimeout(() => void askAgain(), 200);
    };
    void askAgain();
  });
}

/** Asks the new pods, and then whether the service has a pod that is ready. */
async function ask(target: ReadinessTarget, signal: AbortSignal): Promise<Answer> {
  const { healthPath, commitPath, pods = target, isSeeded = false } = target;
  const asked = `port ${String(target.port)}`;
  let answer: Answer = { asked };
  const refused = await connect(pods, asked);
  if (refused !== undefined) return { asked, failure: refused };
  if (healthPath !== undefined) answer = await healthOfAll(target, healthPath, signal);
  if (answer.failure !== undefined)
    return isSeeded ? { ...answer, failure: `${answer.failure}; its seed waits until it is ready` } : answer;
  if (commitPath !== undefined)
    answer = judgedCommit(await get(target, commitPath, signal), commitPath, target.commit);
  if (answer.failure !== undefined || pods === target) return answer;
  const unready = await connect(target, asked);
  return unready === undefined ? answer : { asked, failure: `no pod is ready: ${unready}` };
}

/** The page of each of several pods, as likely as not: which of them answers, nobody can choose. */
async function healthOfAll(target: ReadinessTarget, path: string, signal: AbortSignal): Promise<Answer> {
  const { replicas = 1 } = target;
  const times = replicas === 1 ? 1 : replicas * 4;
  let answer = judgedHealth(await get(target, path, signal), path);
  for (let time = 1; time < times && answer.failure === undefined; time++)
    answer = judgedHealth(await get(target, path, signal), path);
  return answer;
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
  const entries = page.health as ({ service?: unknown; status?: unknown } | null)[];
  const failed = entries.filter((entry) => String(entry?.status).toLowerCase() !== "ok");
  const [name] = failed.map((entry) => entry?.service);
  if (failed.length === 0) return undefined;
  return typeof name === "string" && name !== "" ? name : "a dependency";
}

async function get(target: ReadinessTarget, path: string, signal: AbortSignal): Promise<Answer> {
  const asked = `GET ${path} on port ${String(target.port)}`;
  const { host, port } = target.pods ?? target;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}${path}`;
  try {
    // A page that looks for a database may take ten seconds to say that there is none. Where it leads to is not its answer.
    const limit = AbortSignal.any([signal, AbortSignal.timeout(pageLimit)]);
    const response = await fetch(url, {
      signal: limit,
      redirect: "manual",
      headers: { connection: "close" },
    });
    const { status, headers } = response;
    const answer = { asked, status, body: await bodyOf(response) };
    const location = headers.get("location");
    const to = location === null ? "" : ` to ${location}`;
    return status === 200 ? answer : { ...answer, failure: `${path} answers ${String(status)}${to}` };
  } catch (error) {
    return { asked, failure: reasonOf(error) };
  }
}

/** @throws when it has no end, or is longer than any page about a service's health. */
async function bodyOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let body = "";
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > 1_000_000) throw new Error("its page has more than 1 MB");
  }
  return body;
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
async function connect(address: Address, named: string): Promise<string | undefined> {
  try {
    for (const milliseconds of [250, 250, 250, 250, 1000])
      if (await connects(address, milliseconds)) return undefined;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return syscall === "getaddrinfo" ? String(code) : `${named}: ${String(code)}`;
  }
  return `${named}: no connection within 2 s`;
}

/** Whether a connection is made in time. @throws when it is refused. */
function connects({ host, port }: Address, milliseconds: number): Promise<boolean> {
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
