import { causes } from "./rules/causes.ts";
import { sentence, type Finding } from "./rules/finding.ts";

export interface Summary {
  namespace: string;
  /** The root cause first; none when all is well. */
  findings: Finding[];
  /** What could not be read, and why. */
  hidden: string[];
  /** What else there is to read. */
  files: string[];
}

/** A dossier's first page, in Markdown. What programs and the cluster say is in code blocks: it is text, never markup. */
export function summaryOf({ namespace, findings, hidden, files }: Summary): string {
  const [root] = findings;
  const noFault =
    hidden.length === 0 ? "All services are ready." : "Nothing is wrong with what could be looked at.";
  return [
    ...[`# ${namespace}`, "", root === undefined ? noFault : block([sentence(root)]), ""],
    ...findings.flatMap(section),
    ...hidden.map((reason) => `- ${reason}`),
    ...["", "In this archive:", "", block(files), ""],
  ].join("\n");
}

/** The root cause that a summary tells, in its sentence; nothing where it tells of none. */
export function causeIn(summary: string): string | undefined {
  return /^# .*\n\n(`{3,})text\n(.*)\n\1\n/.exec(summary)?.[2];
}

function section({ cause, service, object, evidence, lines = [] }: Finding): string[] {
  const said = [object, ...(evidence === "" ? [] : [evidence])];
  return [
    ...[`## ${cause}`, "", block([`${service} ${causes[cause].says}`, ...said]), ""],
    ...(lines.length === 0 ? [] : ["Its last lines:", "", block(lines), ""]),
  ];
}

/** A code block whose fence is longer than any run of backticks within it. */
function block(lines: string[]): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
