import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { wholeAnswerOf, type WholeAnswer } from "../../foundation/webRequest.ts";
import type { Work } from "../../foundation/work.ts";
import type { ApiRequest, Comment, Forge, Variables } from "./forge.ts";
import { pauseOf } from "./rateLimit.ts";

export interface Patience {
  /** Milliseconds that one answer may take. */
  answer: number;
  /** Seconds that all limits of requests together may hold up a command. */
  limits: number;
}

/** How many comments are asked for at a time, and the most times: a merge request with more is not searched to its end. */
const pages = { size: 100, most: 100 };

/** Speaks with a forge's API. @throws one sentence with exit code 3 where that does not do what it should. */
export class ForgeClient {
  readonly forge: Forge;
  readonly #variables: Variables;
  readonly #work: Work;
  readonly #patience: Patience;
  #waited = 0;
  #self: string | undefined;

  constructor(
    forge: Forge,
    variables: Variables,
    work: Work,
    patience: Patience = { answer: 15_000, limits: 60 },
  ) {
    this.#patience = patience;
    this.forge = forge;
    this.#variables = variables;
    this.#work = work;
  }

  /** Whose token it is. */
  async self(): Promise<string> {
    this.#self ??= await this.#ask(this.forge.self, this.forge.selfForm);
    return this.#self;
  }

  /** All comments of a merge request. */
  async comments(mergeRequest: string): Promise<Comment[]> {
    const { forge } = this;
    const all: Comment[] = [];
    for (let page = 1; page <= pages.most; page++) {
      const address = `${forge.comments(mergeRequest)}?per_page=${String(pages.size)}&page=${String(page)}&sort=asc`;
      const { headers, value } = await this.#answer({ method: "GET", address }, z.array(forge.commentForm));
      all.push(...value);
      // That there is a next page; where it is, nobody tells the one that has a token.
      if (!/;\s*rel="?next\b/.test(String(headers.link ?? ""))) return all;
    }
    throw this.#failure(
      `has more than ${String(pages.size * pages.most)} comments of ${mergeRequest}: none is changed`,
    );
  }

  async create(mergeRequest: string, body: string): Promise<Comment> {
    const address = this.forge.comments(mergeRequest);
    return this.#ask({ method: "POST", address, body: { body } }, this.forge.commentForm);
  }

  async update(mergeRequest: string, id: number, body: string): Promise<void> {
    const { update: method, commentForm } = this.forge;
    await this.#ask({ method, address: this.forge.comment(mergeRequest, id), body: { body } }, commentForm);
  }

  /** One that is not there any more need not be removed. */
  async remove(mergeRequest: string, id: number): Promise<void> {
    const address = this.forge.comment(mergeRequest, id);
    const answer = await this.#unlimited({ method: "DELETE", address });
    if (answer.status !== 404) this.#requireDone(answer, address);
  }

  async #ask<T>(request: ApiRequest, form: z.ZodType<T>): Promise<T> {
    return (await this.#answer(request, form)).value;
  }

  async #answer<T>(request: ApiRequest, form: z.ZodType<T>): Promise<WholeAnswer & { value: T }> {
    const answer = await this.#unlimited(request);
    this.#requireDone(answer, request.address);
    const read = form.safeParse(jsonOf(answer.text));
    if (read.success) return { ...answer, value: read.data };
    const { origin } = new URL(request.address);
    throw this.#failure(
      `answers at ${origin} with something else than its API does: correct ${this.forge.addressName}, or what is on the way to it`,
    );
  }

  /** The answer once no limit of requests stands in its way. */
  async #unlimited(request: ApiRequest): Promise<WholeAnswer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#whole(request);
      const asked = pauseOf(answer, Date.now());
      if (asked === undefined) return answer;
      // One that always says "now" is not asked all the time.
      const pause = Math.max(asked, 2 ** attempt);
      if (this.#waited + pause > this.#patience.limits) {
        const long = Number.isFinite(asked) ? `asks to wait ${String(asked)} s` : "does not say for how long";
        throw this.#failure(
          `takes no more requests of ${this.forge.tokenName} for now (${String(answer.status)}) and ${long}: this waits ${String(this.#patience.limits)} s at most; report again later`,
        );
      }
      this.#work.progress(`${this.forge.name} asks to wait ${String(pause)} s before the next request`);
      this.#waited += pause;
      await sleep(pause * 1000, undefined, { signal: this.#work.signal }).catch(() => undefined);
      this.#work.signal.throwIfAborted();
    }
  }

  async #whole({ method, address, body }: ApiRequest): Promise<WholeAnswer> {
    const url = new URL(address);
    const { signal } = this.#work;
    const sent = body === undefined ? {} : { "content-type": "application/json" };
    try {
      return await wholeAnswerOf(url, {
        ...{ method, limit: this.#patience.answer, variables: this.#variables, signal },
        headers: { "user-agent": "dynenv", ...this.forge.headers, ...sent },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure(
        `is out of reach at ${url.origin}: ${reasonOf(error as Error, this.#patience)}`,
        error,
      );
    }
  }

  #requireDone({ status, text }: WholeAnswer, address: string): void {
    if (status >= 200 && status < 300) return;
    const { name, tokenName, remedy, addressName } = this.forge;
    const reason = `${String(status)}${reasonIn(text)}`;
    if (status === 401 || status === 403) throw this.#failure(`refuses ${tokenName} (${reason}): ${remedy}`);
    const where = new URL(address).pathname;
    if (status === 404)
      throw this.#failure(
        `does not show ${where} to ${tokenName} (${reason}): it is not there, or the token may not see it; ${remedy}`,
      );
    if (status >= 300 && status < 400)
      throw this.#failure(`answers ${reason} for ${where}, and leads elsewhere: correct ${addressName}`);
    throw this.#failure(
      `answers ${reason} for ${where}: report again later, or see whether ${name} has an incident`,
    );
  }

  #failure(what: string, cause?: unknown): Failure {
    return new Failure("unreachable", `${this.forge.name} ${what}`, { cause });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const said = z.union([
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ error_description: z.string() }).transform((one) => one.error_description),
  z.object({ error: z.string() }).transform(({ error }) => error),
]);

function reasonIn(text: string): string {
  const { data } = said.safeParse(jsonOf(text));
  return data === undefined || data === "" ? "" : `, ${shown(data)}`;
}

function reasonOf(error: Error, { answer }: Patience): string {
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return `no answer within ${String(answer / 1000)} s`;
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? "no answer") : error.message;
}
