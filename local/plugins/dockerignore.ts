import { posix } from "node:path";

interface Rule {
  pattern: RegExp;
  keeps: boolean;
}

/** The rules of a .dockerignore file, as Docker reads them: the last rule that matches a path or a parent decides. */
export class Dockerignore {
  readonly #rules: Rule[];

  constructor(text: string) {
    this.#rules = text.split(/\r?\n/).flatMap(parseLine);
  }

  ignores(path: string): boolean {
    const candidates = withParents(path);
    const last = this.#rules.findLast(({ pattern }) =>
      candidates.some((candidate) => pattern.test(candidate)),
    );
    return last !== undefined && !last.keeps;
  }

  /** Whether nothing below an ignored folder can come back, so that it need not be read. */
  ignoresWholly(folder: string): boolean {
    return this.ignores(folder) && !this.#rules.some(({ keeps }) => keeps);
  }
}

function parseLine(line: string): Rule[] {
  if (line.startsWith("#")) return [];
  const text = line.trim();
  const keeps = text.startsWith("!");
  const pattern = posix.normalize(text.slice(keeps ? 1 : 0).trim()).replace(/^\/+|\/+$/g, "");
  return pattern === "" || pattern === "." ? [] : [{ pattern: toRegExp(pattern), keeps }];
}

const TOKENS = /\*\*\/|\*\*|\*|\?|\\.|\[[^\]]*\]|[^*?\\[]+|./gs;

function toRegExp(pattern: string): RegExp {
  const source = Array.from(pattern.matchAll(TOKENS), ([token]) => translate(token)).join("");
  return new RegExp(`^${source}$`, "s");
}

function translate(token: string): string {
  if (token === "**/") return "(?:.*/)?";
  if (token === "**") return ".*";
  if (token === "*") return "[^/]*";
  if (token === "?") return "[^/]";
  if (token.startsWith("\\") && token.length === 2) return literal(token.slice(1));
  if (token.startsWith("[") && token.endsWith("]")) return token;
  return literal(token);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function withParents(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
