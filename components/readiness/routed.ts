import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { bodyOf, reasonOf } from "./body.ts";
import { judgedCommit, pageLimit } from "./judgement.ts";
import type { Answer } from "./report.ts";
import type { RouteTarget } from "./target.ts";

/** What a gateway answers where nobody is behind it; 404 it answers for a host that it does not know. */
const ofGateways = [502, 503, 504];

/** Asks for a service's address as people do, but for the name look-up. */
export async function askRoute(route: RouteTarget, signal: AbortSignal): Promise<Answer> {
  const { host, path, tls, mark, commit } = route;
  const url = `${tls ? "https" : "http"}://${host}${path}`;
  const asked = `GET ${url}`;
  const limit = AbortSignal.timeout(pageLimit);
  try {
    const { status, body, headers } = await get(route, AbortSignal.any([signal, limit]));
    const answer = { asked, status, body };
    const isRouted = mark === undefined ? status !== 404 : headers[mark.name.toLowerCase()] === mark.value;
    if (!isRouted || ofGateways.includes(status))
      return { ...answer, failure: `the gateway answers ${String(status)} for ${url}` };
    if (commit === undefined) return { asked, status };
    const judged = status === 200 ? answer : { ...answer, failure: `${url} answers ${String(status)}` };
    return judgedCommit(judged, url, commit);
  } catch (error) {
    // Packets that a policy drops are answered by nobody.
    const reason = limit.aborted ? `no answer within ${String(pageLimit / 1000)} s` : reasonOf(error);
    return { asked, failure: `the gateway does not answer for ${url}: ${reason}` };
  }
}

interface Page {
  status: number;
  body: string;
  headers: IncomingMessage["headers"];
}

function get({ host, gateway, tls, path }: RouteTarget, signal: AbortSignal): Promise<Page> {
  const options = { host: gateway.host, port: gateway.port, path, headers: { host }, agent: false, signal };
  // Whether people trust its certificate is not asked here: pods do not know the authority of everybody's own.
  const secure = { ...options, servername: host, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      bodyOf(response).then((body) => {
        resolve({ status, body, headers });
      }, reject);
    };
    const request = tls ? overHttps(secure, answered) : overHttp(options, answered);
    request.once("error", reject);
    request.end();
  });
}
