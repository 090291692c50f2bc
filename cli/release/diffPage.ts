import { type DiffReport, type Group, hasDrift, type Section, sectionsOf } from "./diffReport.ts";
import { diffStyle } from "./diffStyle.ts";
import { describedSide } from "./diffText.ts";
import { absent, shortTexts, wholeText } from "./diffValues.ts";

/** A report as one page, which needs no network and no script. @param at when it was compared, in words. */
export function diffPage(report: DiffReport, at: string): string {
  const title = `What differs: ${report.sides.map(({ name }) => name).join(" and ")}`;
  const sections = sectionsOf(report);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title>`,
    `<style>${diffStyle}</style>`,
    "</head>",
    "<body>",
    "<header>",
    `<h1>${escaped(title)}</h1>`,
    verdict(report),
    `<p class="quiet">Compared ${escaped(at)}.</p>`,
    "</header>",
    "<main>",
    sidesTable(report),
    summaryTable(sections),
    ...sections.map(sectionPart),
    notesPart(report),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function verdict(report: DiffReport): string {
  if (hasDrift(report))
    return '<p class="verdict bad">Drift: a cluster is not what its release and settings say.</p>';
  const compared = report.drift.filter(({ cluster }) => cluster !== undefined).map(({ stack }) => stack);
  return compared.length === 0
    ? '<p class="verdict quiet">No cluster was compared.</p>'
    : `<p class="verdict good">No drift in ${escaped(compared.join(" and "))}.</p>`;
}

function sidesTable({ sides }: DiffReport): string {
  const rows = sides.map(
    (side) => `<tr><th scope="row">${escaped(side.name)}</th><td>${escaped(describedSide(side))}</td></tr>`,
  );
  return table("What is compared", ["Name", "What it is"], ["Name"], rows);
}

function summaryTable(sections: Section[]): string {
  const rows = sections.map(
    (section) =>
      `<tr><th scope="row"><a href="#${idOf(section)}">${escaped(section.title)}</a></th><td>${escaped(section.summary)}</td></tr>`,
  );
  return rows.length === 0 ? "" : table("In short", ["Part", "Differences"], ["Part"], rows);
}

function sectionPart(section: Section): string {
  const id = idOf(section);
  const tables = section.groups.map((group) => groupTable(group, section));
  const content = tables.length > 0 ? tables : [`<p class="quiet">${escaped(capital(section.summary))}.</p>`];
  return [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">${escaped(section.title)}</h2>`,
    ...content,
    "</section>",
  ].join("\n");
}

function groupTable({ title, rows }: Group, { title: section, columns }: Section): string {
  // Who sees the heading above needs no other.
  const caption = title === "" ? `<span class="said">${escaped(section)}</span>` : escaped(title);
  if (rows.length === 0) return `<p><strong>${escaped(title)}</strong></p>`;
  const hasWhy = rows.some(({ why }) => why !== undefined);
  const lines = rows.map(({ path, from, to, why }) => {
    const [short, other] = shortTexts(from, to, 60);
    const cells = [
      valueCell(from, short),
      valueCell(to, other),
      ...(hasWhy ? [`<td>${escaped(why ?? "")}</td>`] : []),
    ];
    return `<tr><th scope="row"><code>${escaped(path)}</code></th>${cells.join("")}</tr>`;
  });
  return table(caption, ["Where", ...columns, ...(hasWhy ? ["Why"] : [])], ["Why"], lines);
}

/** A long value can be unfolded. */
function valueCell(value: unknown, short: string): string {
  const whole = typeof value === "string" ? value : wholeText(value);
  if (short === absent) return `<td><span class="quiet">not there</span></td>`;
  if (short === whole) return `<td><code>${escaped(short)}</code></td>`;
  return `<td><details><summary><code>${escaped(short)}</code></summary><pre>${escaped(whole)}</pre></details></td>`;
}

function notesPart({ notes }: DiffReport): string {
  if (notes.length === 0) return "";
  const items = notes.map((note) => `<li>${escaped(note)}</li>`).join("\n");
  return `<section aria-labelledby="notes">\n<h2 id="notes">Notes</h2>\n<ul>\n${items}\n</ul>\n</section>`;
}

/** @param caption as markup. @param narrow columns with short texts alone. */
function table(caption: string, columns: string[], narrow: string[], rows: string[]): string {
  const heads = columns.map(
    (column) => `<th scope="col"${narrow.includes(column) ? ' class="short"' : ""}>${escaped(column)}</th>`,
  );
  return [
    "<table>",
    `<caption>${caption}</caption>`,
    `<thead><tr>${heads.join("")}</tr></thead>`,
    `<tbody>\n${rows.join("\n")}\n</tbody>`,
    "</table>",
  ].join("\n");
}

function idOf({ title }: Section): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A text within an element or an attribute. */
function escaped(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? "");
}
