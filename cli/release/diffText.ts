import { aligned } from "../text/table.ts";
import { type DiffReport, type Section, sectionsOf, type SideFacts } from "./diffReport.ts";
import { shortTexts } from "./diffValues.ts";

/** A report in lines. */
export function diffLines(report: DiffReport): string[] {
  const sides = aligned(report.sides.map((side) => [side.name, describedSide(side)]));
  const parts = sectionsOf(report).map(sectionLines);
  const notes = report.notes.map((note) => `note: ${note}`);
  return [...sides, ...parts.flatMap((lines) => ["", ...lines]), ...(notes.length > 0 ? ["", ...notes] : [])];
}

/** What a side is, in words that follow its name. */
export function describedSide({ kind, release, commit, deployed }: SideFacts): string {
  const what = release === undefined ? "no release" : `release ${release}`;
  const when = deployed === undefined ? "" : `, deployed ${deployed.slice(0, 16).replace("T", " ")}`;
  return `${kind === "release" && release === undefined ? "a lock" : what} of commit ${commit.slice(0, 12)}${when}`;
}

/** The most characters of a value in a line. */
const width = 44;

function sectionLines({ title, columns, groups, summary }: Section): string[] {
  const head = `${title}: ${summary}`;
  if (groups.length === 0) return [head];
  const rows = groups.flatMap(({ title: group, rows: all }) => {
    const indent = group === "" ? "  " : "    ";
    return all.map(({ path, from, to, why = "" }) => [
      `${indent}${path}`,
      ...shortTexts(from, to, width),
      why,
    ]);
  });
  if (rows.length === 0) return [head, ...groups.map((group) => `  ${group.title}`)];
  const [header = "", ...lines] = aligned([["", ...columns, ""], ...rows]);
  const texts = groups.flatMap(({ title: group, rows: all }) => [
    ...(group === "" ? [] : [`  ${group}`]),
    ...lines.splice(0, all.length),
  ]);
  return [head, header, ...texts];
}
