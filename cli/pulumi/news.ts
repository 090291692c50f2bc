import type { Progress } from "../../foundation/work.ts";
import { errorIn, linesOf, type EngineEvent } from "./engineEvents.ts";

/** How Pulumi shows what is done with an object. What it does on the way to that is not told. */
const done: Record<string, [sign: string, word: string]> = {
  create: ["+ ", "created"],
  update: ["~ ", "updated"],
  replace: ["+-", "replaced"],
  delete: ["- ", "deleted"],
};

/** What was done with an object: `create`, `update`, `replace` or `delete`, and its type. */
export type Done = Pick<Step, "op" | "type">;

/** Where errors go, and the lines that each tell of one object that was done. */
interface Tellers {
  progress: Progress;
  detail: (line: string, done: Done) => void;
}

type Step = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];

const stackType = "pulumi:pulumi:Stack";

/** Tells the news of one operation as Pulumi's own display does: each object that is done, and each error once. */
export class News {
  /** Whether nothing was told yet. */
  isEmpty = true;
  /** Whether anything was done with an object. */
  hasDone = false;
  /** Each error in all its lines, in the order in which they came. */
  readonly errors: string[] = [];
  readonly #progress: Progress;
  readonly #detail: Tellers["detail"];
  readonly #begun = new Map<string, number>();

  constructor({ progress, detail }: Tellers) {
    this.#progress = progress;
    this.#detail = detail;
  }

  take(event: EngineEvent): void {
    this.isEmpty = false;
    const { resourcePreEvent, resOutputsEvent } = event;
    const error = errorIn(event);
    if (error !== undefined) this.#tellError(error);
    if (resourcePreEvent !== undefined && !this.#begun.has(resourcePreEvent.metadata.urn))
      this.#begun.set(resourcePreEvent.metadata.urn, Date.now());
    if (resOutputsEvent !== undefined) this.#tellDone(resOutputsEvent.metadata);
  }

  #tellError({ urn, message }: { urn: string; message: string }): void {
    if (this.errors.includes(message)) return;
    this.errors.push(message);
    const [reason = "", ...more] = linesOf(message);
    this.#progress(`  ${urn === "" ? "" : `${named(urn)} `}error: ${reason}`);
    for (const line of more) this.#progress(`  ${line}`);
  }

  #tellDone(step: Step): void {
    const { op, urn, type } = step;
    const [sign, word] = done[op] ?? [];
    // Of the stack it is also told when anything else has failed.
    const isTold = type === stackType ? this.errors.length === 0 : (step.new ?? step.old)?.custom === true;
    if (sign === undefined || word === undefined || !isTold) return;
    this.hasDone = true;
    this.#detail(`  ${sign} ${named(urn)} ${word} (${this.#duration(urn)})${difference(step)}`, step);
  }

  #duration(urn: string): string {
    const seconds = (Date.now() - (this.#begun.get(urn) ?? Date.now())) / 1000;
    return `${seconds < 1 ? seconds.toFixed(2) : String(Math.round(seconds))}s`;
  }
}

/** Which properties of an object changed: ` [diff: ~spec]`; nothing where that is not known. */
function difference({ detailedDiff }: Step): string {
  const names = Object.keys(detailedDiff ?? {}).map((path) => /^[^.[]*/.exec(path)?.[0] ?? path);
  return names.length === 0 ? "" : ` [diff: ${[...new Set(names)].map((name) => `~${name}`).join(",")}]`;
}

/** Type and name of an object, as Pulumi shows them: `kubernetes:core/v1:Namespace preview-namespace`. */
function named(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  // `docker:index/image:Image` says the same twice.
  const short = type.replace(/\/(\w+):(\w+)$/, (all, module: string, last: string) =>
    module.toLowerCase() === last.toLowerCase() ? `:${last}` : all,
  );
  return `${short} ${name.join("::")}`;
}
