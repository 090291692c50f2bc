import { posix } from "node:path";
import { shown } from "../components/model/index.ts";

/** One step of a pattern: which character it takes, and whether any number of them. */
interface Step {
  takes: (character: string) => boolean;
  repeats: boolean;
  // As "**" where more follows: what it takes ends with a slash, or is nothing; not so before a literal end.
  folders?: boolean;
}

interface Rule {
  steps: Step[];
  keeps: boolean;
}

/** The rules of a .dockerignore file, as Docker reads them: the last rule that matches a path or a parent decides. */
export class Dockerignore {
  readonly #rules: Rule[];

  /** @throws when a line is not a pattern, as Docker does, too. */
  constructor(text: string) {
    this.#rules = text
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/)
      .flatMap(parseLine);
  }

  ignores(path: string): boolean {
    const last = this.#rules.findLast(({ steps }) => matches(steps, path));
    return last !== undefined && !last.keeps;
  }

  /** Whether nothing below an ignored folder can come back, so that it need not be read. */
  ignoresWholly(folder: string): boolean {
    return this.ignores(folder) && !this.#rules.some(({ keeps }) => keeps);
  }
}

function parseLine(line: string, index: number): Rule[] {
  if (line.startsWith("#")) return [];
  const text = line.trim();
  const keeps = text.startsWith("!");
  const pattern = posix.normalize(text.slice(keeps ? 1 : 0).trim()).replace(/^\/+|\/+$/g, "");
  if (pattern === "" || pattern === ".") return [];
  const steps = stepsOf(Array.from(pattern));
  if (steps === undefined)
    throw new Error(
      `line ${String(index + 1)} of .dockerignore, ${shown(line)}, is not a pattern: close each [ with ], begin a range with its first character, and put nothing after the last \\`,
    );
  return [{ steps, keeps }];
}

const notSlash = (character: string): boolean => character !== "/";

/** Nothing where Docker takes it for no pattern. */
function stepsOf(characters: string[]): Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "*" && characters[at + 1] === "*") {
      at += 1;
      const rest = characters.slice(at + 1);
      const isSuffix = at === 1 && rest[0] !== "/" && !rest.some((other) => "*?[\\".includes(other));
      const folders = !isSuffix && !["", "/"].includes(rest.join(""));
      if (rest[0] === "/") at += 1;
      steps.push({ takes: () => true, repeats: true, folders });
    } else if (character === "*") steps.push({ takes: notSlash, repeats: true });
    else if (character === "?") steps.push({ takes: notSlash, repeats: false });
    else if (character === "[") {
      const found = classAt(characters, at + 1);
      if (found === undefined) return undefined;
      steps.push({ takes: found.takes, repeats: false });
      at = found.end;
    } else {
      if (character === "\\") at += 1;
      const literal = characters[at];
      if (literal === undefined) return undefined;
      steps.push({ takes: (other) => other === literal, repeats: false });
    }
  }
  return steps;
}

/** What a class such as `[^a-z]` takes, and where its bracket closes. */
function classAt(characters: string[], start: number) {
  const negated = characters[start] === "^";
  const ranges: [string, string][] = [];
  const next = (at: number): number => (characters[at] === "\\" ? at + 1 : at);
  let at = negated ? start + 1 : start;
  while (characters[at] !== "]" || ranges.length === 0) {
    const low = next(at);
    const isRange = characters[low + 1] === "-" && characters[low + 2] !== "]";
    const high = isRange ? next(low + 2) : low;
    const [first, last] = [characters[low], characters[high]];
    if (first === undefined || last === undefined || first > last) return undefined;
    ranges.push([first, last]);
    at = high + 1;
  }
  const isIn = (character: string) => ranges.some(([first, last]) => first <= character && character <= last);
  return { takes: (character: string) => isIn(character) !== negated, end: at };
}

/**
 * Whether a pattern takes a path or one of its folders. All ways through the pattern are followed at once, so that none
 * takes longer than its length times the path's.
 */
function matches(steps: Step[], path: string): boolean {
  let reached = new Set<number>();
  enter(steps, 0, reached);
  for (const character of path) {
    if (character === "/" && reached.has(steps.length)) return true;
    const after = new Set<number>();
    for (const at of reached) {
      const step = steps[at];
      if (step?.takes(character) !== true) continue;
      if (step.repeats) after.add(at);
      if (!step.repeats || step.folders !== true || character === "/") enter(steps, at + 1, after);
    }
    reached = after;
  }
  return reached.has(steps.length);
}

/** Adds a step, and those behind it where it and others may take nothing. */
function enter(steps: Step[], start: number, reached: Set<number>): void {
  let at = start;
  reached.add(at);
  while (steps[at]?.repeats === true) reached.add((at += 1));
}
