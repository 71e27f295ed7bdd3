import { rename, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";

/** @import { Section } from "./sections/index.mjs" */

/** @param {Section} section @returns {string} Markdown */
export function chapter(section) {
  return `## ${section.title}\n\n${section.note}\n\n${table(section)}`;
}

// Padded, so that it can be read in a terminal too.
/** @param {Pick<Section, "columns" | "rows">} section @returns {string} Markdown */
function table({ columns, rows }) {
  const lines = [["", ...columns], ...rows.map(({ title, cells }) => [title, ...cells])];
  const widths = ["", ...columns].map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const [first = 0, ...others] = widths;
  const rule = ["-".repeat(first), ...others.map((width) => `${"-".repeat(width - 1)}:`)];
  const [heading = [], ...body] = lines.map(([title = "", ...cells]) => [
    title.padEnd(first),
    ...cells.map((cell, column) => cell.padStart(others[column] ?? 0)),
  ]);
  return [heading, rule, ...body].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

// Bars of text look the same on every page and in a terminal.
/** @param {Section} section */
function drawChart({ title, columns, rows, chart = "" }) {
  const column = columns.indexOf(chart);
  const bars = rows.map((row) => {
    const [figure = ""] = row.cells[column]?.split(" ") ?? [];
    return { title: row.title, figure, value: Math.max(0, Number(figure.replaceAll(",", ""))) };
  });
  const longest = Math.max(...bars.map(({ value }) => value));
  const width = Math.max(...bars.map((bar) => bar.title.length));
  const lines = bars.map((bar) => {
    const blocks = "█".repeat(Math.round((40 * bar.value) / longest)) || "▏";
    return `${bar.title.padEnd(width)}  ${blocks} ${bar.figure}\n`;
  });
  return `${title}: ${chart}\n\n${lines.join("")}`;
}

// By their `engines` on the registry, in November 2026.
const BEYOND_NODE_20 =
  "Newer majors need Node 22, and are not measured here: ky 2, openai 7, p-queue 10 (November 2026). undici is of the major that Node 20 has built in; 8 is the newest.";

// Whole or not at all.
/** @param {URL} file @param {readonly Section[]} sections @param {readonly string[]} versions */
export async function writePage(file, sections, versions) {
  const charts = sections.filter(({ chart }) => chart).map(drawChart);
  const page = `# Benchmarks

The same work for each client: \`POST /credentials\` with a bearer token, a JSON body, an error for any status outside 2xx, and the parsed
response. rollout-client is the packed package with its defaults: timeouts, retries, rate limiter and error mapping on. Times differ from machine to
machine, their ratios less so. \`npm run bench\` writes this page.

A column "× fetch" or "× openapi-fetch" says how many times the reference's figure a client's is: the ratio within each round, and of these ratios the
median. So it is not the quotient of the two medians beside it, and one slow round of the machine moves it less. Where the ranges in brackets overlap, a
difference may be noise.

- Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} (${process.platform}, ${process.arch}) on ${availableParallelism()} cores of ${cpus()[0]?.model.trim() || "an unknown processor"}.
- Versions: ${versions.join(", ")}. Peers are the newest whose \`engines\` admit Node 20. ${BEYOND_NODE_20}

\`\`\`text
${charts.join("\n")}\`\`\`

${sections.map(chapter).join("\n")}`;
  const unfinished = new URL(`${file.href}.unfinished`);
  await writeFile(unfinished, page);
  await rename(unfinished, file);
}
