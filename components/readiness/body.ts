/** The text of a page. @throws when it has no end, or is longer than any page about a service's health. */
export async function bodyOf(chunks: AsyncIterable<Uint8Array> | never[]): Promise<string> {
  const decoder = new TextDecoder();
  let body = "";
  for await (const chunk of chunks) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > 1_000_000) throw new Error("its page has more than 1 MB");
  }
  return body;
}

/** The code of what went wrong on the way to a page, else what is said of it. */
export function reasonOf(error: unknown): string {
  const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  return typeof code === "string" ? code : (cause?.code ?? cause?.message ?? message);
}
