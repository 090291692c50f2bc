import { shown } from "./shown.ts";

/** The most that the API server takes as the content of one ConfigMap or Secret. */
const maxBytes = 1024 * 1024;

/**
 * @param what such as `seed.files of service "deals"`.
 * @param texts those that are known only later do not count.
 * @throws when they are too long together, which the API would say last of all.
 */
export function checkSize(what: string, texts: object = {}): void {
  const known = Object.entries(texts).filter(
    (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === "string",
  );
  const sizes = known.map(([name, text]) => [name, Buffer.byteLength(text)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (total <= maxBytes) return;
  const [largest] = sizes.toSorted(([, one], [, other]) => other - one)[0] ?? [""];
  throw new Error(
    `${what} have ${String(total)} bytes but must have at most ${String(maxBytes)}, what Kubernetes keeps in one object: make ${shown(largest)} smaller, or bring it with an image`,
  );
}
