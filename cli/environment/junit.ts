/** What a JUnit file says of the tests in it. */
export interface Junit {
  /** All of them, also those that failed or were skipped. */
  tests: number;
  failed: number;
  skipped: number;
}

/** Elements within elements: no runner writes more, and whoever shows the file may not bear more. */
const deepest = 100;

/** Elements that say of the test in which they are how it went. */
const outcomes: ReadonlyMap<string, "failed" | "skipped"> = new Map([
  ["failure", "failed"],
  ["error", "failed"],
  ["skipped", "skipped"],
] as const);

/**
 * Counts the tests in a JUnit file. It comes from a pod that nobody trusts, and goes on to CI systems: so it has to be
 * whole, and may not define entities, which are expanded by whoever reads it.
 * @throws what is wrong with it, in words that follow "it".
 */
export function junitIn(text: string): Junit {
  const counts: Junit = { tests: 0, failed: 0, skipped: 0 };
  const open: string[] = [];
  let outcome: "failed" | "skipped" | undefined;
  let roots = 0;
  for (const { name, kind } of elements(text)) {
    if (kind === "end") {
      if (open.pop() !== name) throw new Error("is not whole: its elements do not match");
    } else {
      if (open.length === 0) {
        roots += 1;
        if (roots > 1 || !["testsuites", "testsuite"].includes(name))
          throw new Error("is not a JUnit file: it has to be one testsuites or testsuite");
      }
      if (open.length === deepest) throw new Error(`has more than ${String(deepest)} elements in each other`);
      const within = outcomes.get(name);
      if (within !== undefined && open.at(-1) === "testcase" && outcome !== "failed") outcome = within;
      if (kind === "start") open.push(name);
    }
    if (name !== "testcase" || kind === "start") continue;
    counts.tests += 1;
    if (outcome !== undefined) counts[outcome] += 1;
    outcome = undefined;
  }
  if (roots === 0 || open.length > 0) throw new Error("is not whole: it ends too soon");
  return counts;
}

interface Element {
  name: string;
  kind: "start" | "end" | "empty";
}

/** What may stand between elements and begins in the same way: what ends it, and how long its beginning is. */
const others = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** The tags of a document, in one pass. */
function* elements(text: string): Generator<Element> {
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    const other = others.find(([begin]) => text.startsWith(begin, at));
    if (other !== undefined) {
      const end = text.indexOf(other[1], at + other[0].length);
      if (end === -1) throw new Error("is not whole: it ends too soon");
      at = end + other[1].length;
    } else if (text.startsWith("<!", at)) {
      throw new Error("defines a document type, which is not passed on");
    } else {
      const end = endOfTag(text, at);
      yield element(text.slice(at + 1, end));
      at = end + 1;
    }
  }
}

/** Where a tag ends: not within the value of an attribute. */
function endOfTag(text: string, start: number): number {
  const delimiter = /[>"']/g;
  delimiter.lastIndex = start;
  for (let found = delimiter.exec(text); found !== null; found = delimiter.exec(text)) {
    if (found[0] === ">") return found.index;
    const closing = text.indexOf(found[0], delimiter.lastIndex);
    if (closing === -1) break;
    delimiter.lastIndex = closing + 1;
  }
  throw new Error("is not whole: it ends too soon");
}

function element(tag: string): Element {
  const [name] = /^\/?[\p{L}_][\p{L}\p{N}_.:-]*(?=[\s/]|$)/u.exec(tag) ?? [];
  if (name === undefined) throw new Error("is not whole: it has a tag without a name");
  if (name.startsWith("/")) return { name: name.slice(1), kind: "end" };
  return { name, kind: tag.endsWith("/") ? "empty" : "start" };
}
