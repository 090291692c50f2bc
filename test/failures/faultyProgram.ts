import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer of the registry. */
export interface Page {
  status: number;
  type: string;
  body: string;
}

export interface Settings {
  /** What the registry answers, by path. */
  pages: Record<string, Page>;
  registryPort: number;
  /** A registry whose repository is served as `slow`, each tag after some time. */
  slow: { upstream: string; repository: string; milliseconds: number };
  webhookPort: number;
  cert: string;
  key: string;
}

/** The program as text, for `node --eval`. */
export function programOf(settings: Settings): string {
  const functions = [serve, answer, passOn, judge].map(String).join("\n");
  return `${functions}\nserve(${JSON.stringify(settings)})`;
}

// The functions below refer to each other and to what every Node has, and to nothing else of this module.

function serve(settings: Settings): void {
  const { cert, key, registryPort, webhookPort } = settings;
  const http = process.getBuiltinModule("node:http");
  http
    .createServer((request, response) => {
      answer(request, response, settings);
    })
    .listen(registryPort, "127.0.0.1");
  process.getBuiltinModule("node:https").createServer({ cert, key }, judge).listen(webhookPort, "127.0.0.1");
}

function answer(request: IncomingMessage, response: ServerResponse, { pages, slow }: Settings): void {
  const url = request.url ?? "";
  if (url.startsWith("/v2/slow/")) {
    passOn(request, response, slow);
    return;
  }
  const { status, type, body } = pages[url] ?? { status: 404, type: "text/plain", body: "" };
  const digest = /sha256:[0-9a-f]+/.exec(url)?.[0];
  response.writeHead(status, {
    ...{ "content-type": type, "content-length": Buffer.byteLength(body) },
    ...(digest !== undefined && { "docker-content-digest": digest }),
  });
  response.end(request.method === "HEAD" ? "" : body);
}

function passOn(request: IncomingMessage, response: ServerResponse, slow: Settings["slow"]): void {
  const path = (request.url ?? "").replace("/slow/", `/${slow.repository}/`);
  const { accept = "*/*" } = request.headers;
  const options = { method: request.method ?? "GET", headers: { accept } };
  const ask = () => {
    process
      .getBuiltinModule("node:http")
      .request(slow.upstream + path, options, (answered) => {
        response.writeHead(answered.statusCode ?? 500, answered.headers);
        answered.pipe(response);
      })
      .on("error", (error) => response.writeHead(502).end(error.message))
      .end();
  };
  setTimeout(ask, path.includes("sha256:") ? 0 : slow.milliseconds);
}

function judge(request: IncomingMessage, response: ServerResponse): void {
  let text = "";
  request.on("data", (part: Buffer) => {
    text += part.toString();
  });
  request.on("end", () => {
    const { uid } = (JSON.parse(text) as { request: { uid: string } }).request;
    const judgement = { uid, allowed: false, status: { message: "this application has no owner" } };
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: judgement };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(review));
  });
}
