import { availableParallelism } from "node:os";
import { format } from "../statistics.mjs";
import { Worker } from "../workers.mjs";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients, settings }) {
  const { heapWarmUp: warmUp, heapCalls: calls } = settings;
  /** @type {Map<string, number>} */
  const growth = new Map();
  const waiting = [...clients];
  // Nothing is timed here, so every core may work on a client of its own.
  const lanes = Array.from({ length: Math.min(availableParallelism(), clients.length) }, async () => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      const worker = new Worker(client.id);
      growth.set(client.id, await worker.ask({ task: "heap", warmUp, calls }).finally(() => worker.stop()));
    }
  });
  await Promise.all(lanes);
  return {
    title: `Heap growth over ${format(calls, 0)} calls, kB`,
    method:
      `Over the stub fetch, in a new process: the heap in use after ${format(warmUp, 0)} calls, subtracted from that after ${format(calls, 0)} ` +
      "more, each after several forced collections. Some ten kB either way are noise.",
    columns: ["kB", "bytes per call"],
    rows: clients.map(({ id, title }) => {
      const bytes = growth.get(id) ?? Number.NaN;
      return { title, cells: [format(bytes / 1000, 0), format(bytes / calls, 2)] };
    }),
  };
}
