import { connect } from "./connection.ts";
import { bodyOf, reasonOf } from "./body.ts";
import { judgedCommit, judgedHealth, pageLimit } from "./judgement.ts";
import type { Answer, ServiceReport } from "./report.ts";
import { askRoute } from "./routed.ts";
import type { ReadinessTarget, RouteTarget } from "./target.ts";

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
  if (answer.failure !== undefined) return answer;
  const unready = pods === target ? undefined : await connect(target, asked);
  if (unready !== undefined) return { asked, failure: `no pod is ready: ${unready}` };
  return target.route === undefined ? answer : throughRoute(answer, target.route, signal);
}

/** The commit that the pods told counts, where the route is not asked for one. */
async function throughRoute(answer: Answer, route: RouteTarget, signal: AbortSignal): Promise<Answer> {
  const routed = await askRoute(route, signal);
  return routed.failure === undefined ? answer : routed;
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
    const answer = { asked, status, body: await bodyOf(response.body ?? []) };
    const location = headers.get("location");
    const to = location === null ? "" : ` to ${location}`;
    return status === 200 ? answer : { ...answer, failure: `${path} answers ${String(status)}${to}` };
  } catch (error) {
    return { asked, failure: reasonOf(error) };
  }
}
