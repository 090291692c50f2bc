/** Rows of cells as lines with aligned columns. @param isRight columns whose cells end below each other. Default: none. */
export function aligned(rows: string[][], isRight = (_column: number) => false): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return isRight(column) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => row.map(cell).join("  ").trimEnd());
}
