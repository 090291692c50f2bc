import type { V1Secret } from "#bundled/kubernetes";
import { cutMark } from "../../components/model/index.ts";
import { namedSecrets, secretsWithin } from "./namedSecrets.ts";
import { secretForms, shortest } from "./secretForms.ts";
import { TextSearch, type Range } from "./textSearch.ts";
import { mask, withoutLogins } from "./urls.ts";

/** What the images of MariaDB and MySQL print where they were to make up root's password. */
const generated = /(GENERATED ROOT PASSWORD: )\S+/g;

/** Hides secrets in what is shown: those that are known, in every form that they commonly take, and logins in URLs. */
export class Mask {
  readonly #forms = new Set<string>();
  #search = new TextSearch([]);
  #beginnings = new Map<string, string[]>();
  #isCurrent = true;
  #objects = new WeakMap<object, object>();

  /** Takes in what variables tell that is secret. */
  static ofVariables(variables: Record<string, string | undefined>): Mask {
    return new Mask().addVariables(variables);
  }

  addVariables(variables: Record<string, string | undefined>): this {
    return this.add(...namedSecrets(variables));
  }

  add(...secrets: string[]): this {
    const before = this.#forms.size;
    for (const form of secrets.flatMap(secretForms)) this.#forms.add(form);
    if (this.#forms.size > before) {
      this.#isCurrent = false;
      this.#objects = new WeakMap();
    }
    return this;
  }

  /** Takes in what a Secret holds; of what is JSON in it, such as a login to registries, also its passwords. */
  addSecret({ data = {} }: V1Secret): void {
    const values = Object.values(data).map((value) => Buffer.from(value, "base64").toString());
    this.add(...values, ...values.flatMap(secretsWithin));
  }

  text(text: string): string {
    this.#update();
    const known = this.#withoutBeginnings(masked(text, this.#search.ranges(text)));
    return withoutLogins(known).replace(generated, `$1${mask}`);
  }

  /** A copy of an object without the secrets; the same one as long as no secret is added. */
  object<T extends object>(object: T): T {
    const known = this.#objects.get(object);
    if (known !== undefined) return known as T;
    const copy = this.#copy(object) as T;
    this.#objects.set(object, copy);
    return copy;
  }

  /** Length of the longest form of a secret. */
  get longest(): number {
    this.#update();
    return this.#search.longest;
  }

  /**
   * The beginning of a text up to `end`, and how many characters after it belong to a secret that begins before it.
   * @param covered characters at the beginning of the text that do so already.
   */
  beginning(text: string, end: number, covered: number): [string, number] {
    this.#update();
    const ranges: Range[] = [...(covered > 0 ? [[0, covered] as Range] : []), ...this.#search.ranges(text)];
    const within = ranges.filter(([start]) => start < end);
    const furthest = within.reduce((most, [, to]) => Math.max(most, to), end);
    return [masked(text.slice(0, end), within), furthest - end];
  }

  #copy(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    if (typeof value !== "object" || value === null) return value;
    // As JSON has it.
    if (value instanceof Date) return value.toJSON();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#copy(item)]));
  }

  #update(): void {
    if (this.#isCurrent) return;
    this.#search = new TextSearch(this.#forms);
    this.#beginnings = Map.groupBy(this.#forms, (form) => form.slice(0, shortest));
    this.#isCurrent = true;
  }

  /** A text that was cut may end with the beginning of a secret. */
  #withoutBeginnings(text: string): string {
    if (this.#beginnings.size === 0 || !text.includes(cutMark)) return text;
    const parts = text.split(cutMark);
    const last = parts.pop() ?? "";
    return [...parts.map((part) => this.#withoutBeginning(part)), last].join(cutMark);
  }

  #withoutBeginning(part: string): string {
    const from = Math.max(0, part.length - this.#search.longest);
    for (let at = from; at <= part.length - shortest; at++) {
      const forms = this.#beginnings.get(part.slice(at, at + shortest)) ?? [];
      if (forms.some((form) => form.startsWith(part.slice(at)))) return part.slice(0, at) + mask;
    }
    return part;
  }
}

function masked(text: string, ranges: Range[]): string {
  let shown = "";
  let from = 0;
  for (const [start, end] of ranges) {
    if (end <= from) continue;
    shown += text.slice(from, Math.max(from, start)) + mask;
    from = end;
  }
  return shown + text.slice(from);
}
