import { printable } from "./printable.ts";

/** A row of a table: its cells by the names of the columns. */
export type Row = Readonly<Record<string, string | readonly string[]>>;

/** A table with the names of the first row as its head, or a line that says that there are no rows. */
export function tableOf(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "none\n";
  const lines = [Object.keys(first), ...rows.map((row) => Object.values(row).map(textOf))];
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

/** The text of a cell: on one line, and measured as the terminal shows it. */
function textOf(cell: string | readonly string[]): string {
  return printable([cell].flat().join(", ").replace(/\s+/g, " "));
}
