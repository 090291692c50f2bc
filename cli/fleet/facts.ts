import { cutMark, timeMark, wellFormed } from "../../components/model/index.ts";
import { aligned } from "../text/table.ts";
import type { Judged } from "./fleet.ts";
import type { Verdict } from "./verdict.ts";

/** What is said of an environment, as data; what is not known is left out. */
export interface Fact {
  stack?: string;
  namespace?: string;
  project?: string;
  ref?: string;
  commit?: string;
  created?: string;
  deployed?: string;
  expires?: string;
  verdict: Verdict;
  reason: string;
  /** Whether `reap` removes it. */
  due: boolean;
}

export function factOf({ environment, span, verdict, reason, isDue }: Judged): Fact {
  const { stack, namespace, state } = environment;
  const { project, ref, commit } = wellFormed(namespace?.marks ?? state?.marks ?? {});
  return {
    ...known({ stack, namespace: namespace?.name, project, ref, commit }),
    ...known({
      created: timeOf(namespace?.created),
      deployed: timeOf(span?.deployed),
      expires: timeOf(span?.expires),
    }),
    ...{ verdict, reason, due: isDue },
  };
}

/** A time to be shown; the API server may lack one that nobody can invent. */
function timeOf(time: Date | undefined): string | undefined {
  return time === undefined || time.getTime() === 0 ? undefined : timeMark(time);
}

function known<K extends string>(values: Record<K, string | undefined>): Partial<Record<K, string>> {
  const entries = Object.entries<string | undefined>(values).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}

const columns = [
  "stack",
  "namespace",
  "ref",
  "commit",
  "created",
  "deployed",
  "expires",
  "verdict",
  "reason",
] as const;

/** One line for each environment, below one that names the columns. */
export function table(facts: Fact[]): string[] {
  const rows = facts.map((fact) => columns.map((column) => cell(column, fact)));
  return aligned([columns.map((column) => column.toUpperCase()), ...rows]);
}

const commitLength = 8;
const longestCell = 200;

/** Marks may be edited: whatever they hold, a line stays one line. */
function cell(column: (typeof columns)[number], fact: Fact): string {
  const text = (fact[column] ?? "-").replace(/\p{C}/gu, "?");
  if (column === "commit") return text.slice(0, commitLength);
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}${cutMark}` : text;
}
