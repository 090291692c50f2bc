import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** A comment as the stand-in keeps it. */
export interface Written {
  id: number;
  body: string;
  author: string;
}

/** Status, body, headers. */
export type Said = [status: number, body?: unknown, headers?: Record<string, string>];

/** What answers in place of the API; nothing where that itself is to answer. */
type Trouble = (call: string, server: ForgeStandIn) => Said | undefined | Promise<Said | undefined>;

const forms = z.strictObject({ body: z.string().min(1).max(65_536) });
const query = z.strictObject({ query: z.string().regex(/^query \{ viewer \{ login \} \}$/) });
const paging = z.strictObject({
  per_page: z.string().regex(/^([1-9]\d?|100)$/),
  page: z.string().regex(/^[1-9]\d*$/),
  sort: z.literal("asc"),
});

/** What tells both APIs apart. The author `self` is the token's own user. */
const apis = {
  GitLab: {
    base: "/api/v4",
    comments: "/api/v4/projects/34/merge_requests/12/notes",
    comment: "/api/v4/projects/34/merge_requests/12/notes",
    update: "PUT",
    self: ["GET /api/v4/user", { id: 99, username: "project_34_bot" }],
    isKnown: ({ headers }: IncomingMessage, token: string) => headers["private-token"] === token,
    shown: ({ author, ...note }: Written) => ({
      ...note,
      author: { id: author === "self" ? 99 : 7, username: author },
      ...{ system: false, noteable_type: "MergeRequest", noteable_iid: 12 },
    }),
  },
  GitHub: {
    base: "",
    comments: "/repos/shop/deals/issues/12/comments",
    comment: "/repos/shop/deals/issues/comments",
    update: "PATCH",
    self: ["POST /graphql", { data: { viewer: { login: "github-actions[bot]" } } }],
    isKnown: ({ headers }: IncomingMessage, token: string) =>
      headers.authorization === `Bearer ${token}` &&
      headers.accept === "application/vnd.github+json" &&
      headers["x-github-api-version"] === "2022-11-28",
    shown: ({ author, ...comment }: Written) => ({
      ...comment,
      user: author === "gone" ? null : { login: author === "self" ? "github-actions[bot]" : author },
    }),
  },
} as const;

export type ForgeName = keyof typeof apis;

/** GitLab's or GitHub's comments of merge request 12, of project 34 or shop/deals, on this machine. */
export class ForgeStandIn {
  readonly token = "glpat-0123456789abcdef";
  readonly name: ForgeName;
  comments: Written[] = [];
  /** All that was ever written to it, in its order. */
  bodies: string[] = [];
  /** Method and path of each request. */
  calls: string[] = [];
  trouble: Trouble = () => undefined;
  readonly #server: Server;
  #next = 1000;

  private constructor(name: ForgeName, server: Server) {
    this.name = name;
    this.#server = server;
  }

  static async start(name: ForgeName): Promise<ForgeStandIn> {
    const server = createServer((request, response) => {
      void standIn.#said(request).then(([status, body, headers = {}]) => {
        const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
      });
    });
    const standIn = new ForgeStandIn(name, server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return standIn;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** What a job knows of it. */
  get variables(): Record<string, string> {
    if (this.name === "GitLab")
      return {
        ...{ CI_API_V4_URL: `${this.origin}/api/v4`, CI_PROJECT_ID: "34", GITLAB_TOKEN: this.token },
        ...{ CI_JOB_URL: "https://gitlab.example.com/shop/deals/-/jobs/56", CI_JOB_NAME: "deploy" },
      };
    return {
      ...{ GITHUB_ACTIONS: "true", GITHUB_TOKEN: this.token, GITHUB_REPOSITORY: "shop/deals" },
      ...{ GITHUB_API_URL: this.origin, GITHUB_GRAPHQL_URL: `${this.origin}/graphql` },
      ...{ GITHUB_SERVER_URL: "https://github.example.com", GITHUB_RUN_ID: "56", GITHUB_JOB: "deploy" },
    };
  }

  /** What the pipeline of a merge request knows of GitLab, whatever job it is in. */
  get ofRequest(): Record<string, string> {
    const { CI_JOB_URL: _url, CI_JOB_NAME: _name, ...ofProject } = this.variables;
    return { ...ofProject, CI_MERGE_REQUEST_IID: "12" };
  }

  /** What was said of the environment, in its order. */
  get headlines(): string[] {
    return this.bodies.map((body) => /\*\*The environment (.*?)\*\*/.exec(body)?.[1] ?? body);
  }

  /** Adds a comment that is there already. */
  write(body: string, author = "somebody"): Written {
    const comment = { id: this.#next++, body, author };
    this.comments.push(comment);
    return comment;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #said(request: IncomingMessage): Promise<Said> {
    const url = new URL(request.url ?? "", this.origin);
    const call = `${request.method ?? ""} ${url.pathname}`;
    this.calls.push(call);
    let text = "";
    for await (const part of request) text += String(part);
    const trouble = await this.trouble(call, this);
    if (trouble !== undefined) return trouble;
    const api = apis[this.name];
    if (request.headers["user-agent"] === undefined)
      return [403, "Request forbidden by administrative rules"];
    if (!api.isKnown(request, this.token)) return [401, { message: "401 Unauthorized" }];
    if (text !== "" && request.headers["content-type"] !== "application/json") return [415];
    return this.#done(call, url, text);
  }

  #done(call: string, url: URL, text: string): Said {
    const api = apis[this.name];
    const [selfCall, self] = api.self;
    if (call === selfCall) {
      if (call.startsWith("POST")) query.parse(JSON.parse(text));
      return [200, self];
    }
    if (call === `GET ${api.comments}`) return this.#page(url);
    if (call === `POST ${api.comments}`) return [201, api.shown(this.write(this.#body(text), "self"))];
    const [, method = "", id = ""] = new RegExp(`^(\\w+) ${api.comment}/(\\d+)$`).exec(call) ?? [];
    const comment = this.comments.find((one) => String(one.id) === id);
    if (comment === undefined) return [404, { message: "404 Not found" }];
    if (method === "DELETE") {
      this.comments = this.comments.filter((one) => one !== comment);
      return [204];
    }
    if (method !== api.update) return [405];
    comment.body = this.#body(text);
    return [200, api.shown(comment)];
  }

  #body(text: string): string {
    const { body } = forms.parse(JSON.parse(text));
    this.bodies.push(body);
    return body;
  }

  #page(url: URL): Said {
    const asked = paging.parse(Object.fromEntries(url.searchParams));
    const [size, page] = [Number(asked.per_page), Number(asked.page)];
    const shown = this.comments
      .slice((page - 1) * size, page * size)
      .map((comment) => apis[this.name].shown(comment));
    const hasMore = this.comments.length > page * size;
    // Whoever follows it leaves the stand-in.
    const next = `<https://elsewhere.example.com/steal?page=${String(page + 1)}>; rel="next"`;
    const first = `<https://elsewhere.example.com/steal?page=1>; rel="first"`;
    return [200, shown, { link: hasMore ? `${next}, ${first}` : first }];
  }
}
