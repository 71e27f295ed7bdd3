import { compared } from "../report/compared.mjs";
import { inRounds, withWorkers } from "../workers.mjs";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients: all, settings }) {
  const clients = all.filter(({ id }) => id !== "fetch"); // there is nothing to construct
  const times = await withWorkers(clients, async (workers) => {
    await inRounds(workers, 1, { task: "construct", count: settings.constructCount });
    return inRounds(workers, settings.constructRounds, { task: "construct", count: settings.constructCount });
  });
  const { columns, rows } = compared(clients, times, { digits: 2, barTitle: "Constructing a client, µs" });
  const withoutFetch = columns
    .map((heading, index) => ({ heading, index }))
    .filter(({ heading }) => heading !== "× fetch");
  return {
    title: "Constructing a client, µs",
    method:
      `${settings.constructRounds} interleaved rounds of ${settings.constructCount} clients, each made with an address, a token and a fetch. ` +
      "With the signer, one signer is shared, as on a server that makes a client for each of its users.",
    columns: withoutFetch.map(({ heading }) => heading),
    rows: rows.map(({ title, cells }) => ({ title, cells: withoutFetch.map(({ index }) => cells[index] ?? "") })),
  };
}
