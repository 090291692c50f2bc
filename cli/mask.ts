import type { V1Secret } from "#bundled/kubernetes";

/** A shorter one is no secret, and would hide parts of words. */
const shortest = 6;
const mask = "***";

/** Hides secrets in what is shown, in every form that they commonly take. */
export class Mask {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;
  #objects = new WeakMap<object, object>();

  /** Takes in variables whose names say that they are secret. */
  static ofVariables(env: NodeJS.ProcessEnv): Mask {
    const named = Object.entries(env).filter(([name]) => /PASSWORD|PASSPHRASE|TOKEN|SECRET|KEY/i.test(name));
    const values = named.map(([, value = ""]) => value);
    return new Mask().add(...values.filter((value) => value.length >= 8 && !value.startsWith("/")));
  }

  add(...secrets: string[]): this {
    // What is shown is shown line by line.
    const texts = secrets.flatMap((secret) => [secret, ...secret.split("\n")]).map((text) => text.trim());
    for (const text of texts.filter(({ length }) => length >= shortest)) {
      if (this.#secrets.has(text)) continue;
      this.#secrets.add(text);
      this.#pattern = undefined;
      this.#objects = new WeakMap();
    }
    return this;
  }

  /** Takes in what a Secret holds; of a login to registries, also its passwords. */
  addSecret({ data = {} }: V1Secret): void {
    const values = Object.values(data).map((value) => Buffer.from(value, "base64").toString());
    this.add(...values, ...values.flatMap(passwords));
  }

  text(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= patternOf(this.#secrets);
    return text.replace(this.#pattern, mask);
  }

  /** A copy of an object without the secrets; the same one as long as no secret is added. */
  object<T extends object>(object: T): T {
    const known = this.#objects.get(object);
    if (known !== undefined) return known as T;
    const copy = JSON.parse(this.text(JSON.stringify(object))) as T;
    this.#objects.set(object, copy);
    return copy;
  }
}

function patternOf(secrets: ReadonlySet<string>): RegExp {
  const all = [...new Set([...secrets].flatMap(forms))].filter(({ length }) => length >= shortest);
  // The longest first: one may begin with another.
  const longestFirst = all.sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => RegExp.escape(form)).join("|"), "g");
}

/** A text itself, in JSON, twice in JSON, in a URL, in hexadecimal digits, and within a text in base64. */
function forms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const hex = Buffer.from(text).toString("hex");
  const url = encodeURIComponent(text);
  return [
    ...[text, json, JSON.stringify(json).slice(1, -1)],
    ...[url, url.replaceAll("%20", "+"), encodeURI(text)],
    ...[hex, hex.toUpperCase()],
    Buffer.from(text).toString("base64"),
    ...[text, json].flatMap((one) => [0, 1, 2].flatMap((offset) => base64At(one, offset))),
  ];
}

/** What is the same in the base64 of every text that has this one at such an offset. */
function base64At(text: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const begin = Math.ceil((offset * 4) / 3);
  const end = Math.floor((bytes.length * 4) / 3);
  return (["base64", "base64url"] as const).map((encoding) => bytes.toString(encoding).slice(begin, end));
}

function passwords(config: string): string[] {
  try {
    const { auths = {} } = JSON.parse(config) as {
      auths?: Record<string, { password?: string; auth?: string }>;
    };
    return Object.values(auths).flatMap(({ password = "", auth = "" }) => [password, auth]);
  } catch {
    return [];
  }
}
