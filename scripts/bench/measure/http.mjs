import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compared } from "../report/compared.mjs";
import { inRounds, withWorkers } from "../workers.mjs";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients, settings }) {
  const server = fork(fileURLToPath(new URL("../server.mjs", import.meta.url)));
  try {
    const [baseUrl] = await once(server, "message");
    const sequentially = {
      task: /** @type {const} */ ("http"),
      baseUrl,
      calls: settings.httpSequentialCalls,
      concurrency: 1,
    };
    const concurrently = { ...sequentially, calls: settings.httpConcurrentCalls, concurrency: 50 };
    const [one, fifty] = await withWorkers(clients, async (workers) => {
      await inRounds(workers, 1, { ...concurrently, calls: settings.httpWarmUp });
      return [
        await inRounds(workers, settings.httpRounds, sequentially),
        await inRounds(workers, settings.httpRounds, concurrently),
      ];
    });
    return section({ clients, settings }, one, fifty);
  } finally {
    server.kill();
  }
}

/**
 * @param {import("../sections.mjs").Task} task
 * @param {Map<string, number[]>} sequential
 * @param {Map<string, number[]>} concurrent
 */
function section({ clients, settings }, sequential, concurrent) {
  const one = compared(clients, sequential, { digits: 0, barTitle: "Requests per second, one after another" });
  const fifty = compared(clients, concurrent, { digits: 0, barTitle: "Requests per second, 50 at once" });
  return {
    title: "Requests per second",
    method:
      `Over keep-alive HTTP to one local server process. ${settings.httpRounds} interleaved rounds of ${settings.httpSequentialCalls} ` +
      `calls one after another, then as many of ${settings.httpConcurrentCalls} calls with 50 under way. axios uses its Node adapter here, ` +
      "which is over node:http and not over fetch.",
    columns: [...one.columns.map((column) => `1: ${column}`), ...fifty.columns.map((column) => `50: ${column}`)],
    rows: one.rows.map(({ title, cells }, row) => ({ title, cells: [...cells, ...(fifty.rows[row]?.cells ?? [])] })),
    bars: fifty.bars,
  };
}
