import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const worker = fileURLToPath(new URL("./worker.mjs", import.meta.url));
const runFile = promisify(execFile);

// In a new process, no client runs in code or in a heap that another has shaped.
/** @param {import("./worker.mjs").Task} task */
export async function inNewProcess(task) {
  const args = ["--expose-gc", worker, JSON.stringify(task)];
  const { stdout } = await runFile(process.execPath, args, { maxBuffer: 64e6 });
  return Number(stdout);
}

/** @typedef {{ row: string, values: number[] }[]} Measured */

// A B C … A B C …, so that a slow moment of the machine hits all rows alike.
/** @param {number} rounds @param {readonly string[]} rows @param {(row: string) => number | Promise<number>} measure */
export async function inRounds(rounds, rows, measure) {
  const measured = rows.map((row) => ({ row, values: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { row, values } of measured) values.push(await measure(row));
  }
  return measured;
}

/** @param {readonly number[]} values */
function median(values) {
  return quantile(values, 0.5);
}

/** @param {readonly number[]} values @param {number} part from 0, the lowest, to 1, the highest */
export function quantile(values, part) {
  const sorted = [...values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * part;
  return ((sorted[Math.floor(position)] ?? Number.NaN) + (sorted[Math.ceil(position)] ?? Number.NaN)) / 2;
}

// A ratio is the median of the ratios within each round.
/** @param {Measured} measured @param {number} digits @param {string[]} references */
export function compare(measured, digits, ...references) {
  const others = references.map((reference) => measured.find(({ row }) => row === reference)?.values ?? []);
  return measured.map(({ row, values }) => {
    const ratios = others.map((other) => median(values.map((value, round) => value / (other[round] ?? Number.NaN))));
    return { title: row, cells: [spread(values, digits), ...ratios.map((ratio) => ratio.toFixed(2))] };
  });
}

/** The median and, in brackets, what the middle half lies between. @param {readonly number[]} values @param {number} digits */
function spread(values, digits) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part));
  return `${format(middle, digits)} (${format(low, digits)}–${format(high, digits)})`;
}

/** @param {number | undefined} value @param {number} digits */
export function format(value, digits) {
  return (value ?? Number.NaN).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
