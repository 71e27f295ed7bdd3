import { median, ratio, spread } from "../statistics.mjs";

/**
 * The part of a section that is the same wherever every client is timed in rounds: the median, and the ratios to the
 * two references.
 *
 * @param {readonly import("../clients/index.mjs").Client[]} clients
 * @param {Map<string, number[]>} rounds
 * @param {{ digits: number, barTitle: string }} options
 * @returns {Pick<import("../sections.mjs").Section, "columns" | "rows"> & { bars: import("../sections.mjs").Bars }}
 */
export function compared(clients, rounds, { digits, barTitle }) {
  const valuesOf = (/** @type {string} */ id) => rounds.get(id) ?? [];
  return {
    columns: ["median (quartiles)", "× fetch", "× openapi-fetch"],
    rows: clients.map(({ id, title }) => ({
      title,
      cells: [
        spread(valuesOf(id), digits),
        ratio(valuesOf(id), valuesOf("fetch")).toFixed(2),
        ratio(valuesOf(id), valuesOf("openapi-fetch")).toFixed(2),
      ],
    })),
    bars: { title: barTitle, values: clients.map(({ id, title }) => ({ title, value: median(valuesOf(id)) })) },
  };
}
