import type { Mask } from "./mask.ts";
import { printable } from "./harmless.ts";

/** Characters of a line that are waited for: a longer one is passed on in pieces. */
const longest = 64 * 1024;
/** A piece ends with a blank, else before a URL's host, if there is one so near its end: no login is cut in two. */
const near = 8 * 1024;
/** Starts what is hidden in a URL. */
const beforeHost = "://";

/** Collects text until its lines are whole, in whatever chunks it comes. What it keeps is bounded. */
export class Lines {
  readonly #mask: Mask;
  #rest = "";
  /** Characters at the beginning of the rest that belong to a secret whose beginning was passed on, hidden. */
  #covered = 0;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** The lines that are whole by now, and pieces of one that is too long, each with a line break at its end. */
  push(text: string): string {
    this.#rest += text;
    let lines = this.#whole(endOfLines(this.#rest));
    while (this.#rest.length > longest + Math.max(this.#mask.longest, beforeHost.length)) {
      this.#rest = printable(this.#rest);
      lines += `${this.#piece(endOfPiece(this.#rest))}\n`;
    }
    return lines;
  }

  /** What is left when no more comes. */
  end(): string {
    const rest = this.#whole(this.#rest.length);
    return rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`;
  }

  #whole(end: number): string {
    if (this.#covered > 0 && end > 0) return this.#piece(end);
    const lines = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return lines;
  }

  #piece(end: number): string {
    const [piece, covered] = this.#mask.beginning(this.#rest, end, this.#covered);
    this.#rest = this.#rest.slice(end);
    this.#covered = covered;
    return piece;
  }
}

/** A carriage return ends a line, too, unless it may be the first half of an end. */
function endOfLines(text: string): number {
  return Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r", text.length - 2)) + 1;
}

function endOfPiece(text: string): number {
  for (let end = longest; end > longest - near; end--) if (/[\s"'<>]/.test(text.charAt(end - 1))) return end;
  const host = text.lastIndexOf(beforeHost, longest - 1);
  if (host > longest - near) return host;
  return startsPair(text, longest - 1) ? longest - 1 : longest;
}

function startsPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
