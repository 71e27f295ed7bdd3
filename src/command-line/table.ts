/** A row of a table: its cells by the names of the columns. */
export type Row = Readonly<Record<string, string | readonly string[]>>;

/** A table with the names of the first row as its head, or a line that says that there are no rows. */
export function tableOf(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "none\n";
  const lines = [Object.keys(first), ...rows.map((row) => Object.values(row).map(printable))];
  const widths = Object.keys(first).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A text from a server without control characters, which could change what the terminal shows. */
function printable(cell: string | readonly string[]): string {
  return [cell]
    .flat()
    .join(", ")
    .replace(/\p{Cc}+/gu, " ");
}
