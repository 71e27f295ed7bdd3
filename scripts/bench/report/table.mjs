/**
 * A Markdown table, padded so that it can be read in a terminal too. Figures stand to the right.
 *
 * @param {Pick<import("../sections.mjs").Section, "columns" | "rows">} section
 */
export function table({ columns, rows }) {
  const lines = [["", ...columns], ...rows.map(({ title, cells }) => [title, ...cells])];
  const widths = ["", ...columns].map((_heading, column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [heading, ...body] = lines.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  return [heading, rule, ...body].map((line) => `| ${line?.join(" | ")} |\n`).join("");
}
