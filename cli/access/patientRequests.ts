import {
  IsomorphicFetchHttpLibrary,
  Observable,
  ResponseContext,
  type HttpLibrary,
  type RequestContext,
} from "#bundled/kubernetes";
import { firstAnswer, noAnswer, usualPatience, type Patience } from "./patience.ts";

/**
 * Sends requests to the cluster, and those that change nothing the second time once more when there is no answer: a busy
 * API server, or a lost connection, must not end a deployment.
 */
export class PatientRequests implements HttpLibrary {
  readonly #server: string;
  readonly #patience: Patience;
  readonly #http = new IsomorphicFetchHttpLibrary();

  constructor(server: string, patience = usualPatience) {
    this.#server = server;
    this.#patience = patience;
  }

  send(request: RequestContext): Observable<ResponseContext> {
    const { again, end } = this.#patience;
    const given = request.getSignal();
    const ask = (signal: AbortSignal) => {
      request.setSignal(given === undefined ? signal : AbortSignal.any([given, signal]));
      return this.#answer(request);
    };
    const patience = { again: isRepeatable(request) ? again : [], end };
    return new Observable(firstAnswer(ask, patience, () => noAnswer(this.#server, patience)));
  }

  /** One that stops half way is none. */
  async #answer(request: RequestContext): Promise<ResponseContext> {
    const { httpStatusCode, headers, body } = await this.#http.send(request).toPromise();
    const text = await body.text();
    return new ResponseContext(httpStatusCode, headers, {
      text: () => Promise.resolve(text),
      binary: () => Promise.resolve(Buffer.from(text)),
      stream: () => new Blob([text]).stream(),
    });
  }
}

/** Reads, changes that say what is to be, questions about permissions, and deletions of one very object. */
function isRepeatable(request: RequestContext): boolean {
  const body = request.getBody();
  switch (request.getHttpMethod()) {
    case "GET":
    case "HEAD":
      return true;
    case "PATCH":
      return request.getHeaders()["Content-Type"] === "application/merge-patch+json";
    case "DELETE":
      return typeof body === "string" && /"preconditions":\s*\{[^}]*"uid"/.test(body);
    case "POST":
      return new URL(request.getUrl()).pathname.startsWith("/apis/authorization.k8s.io/");
    default:
      return false;
  }
}
