import { compared } from "../report/compared.mjs";
import { inRounds, withWorkers } from "../workers.mjs";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients, settings }) {
  const times = await withWorkers(clients, async (workers) => {
    await inRounds(workers, 1, { task: "stub", calls: settings.stubWarmUp });
    return inRounds(workers, settings.stubRounds, { task: "stub", calls: settings.stubCalls });
  });
  return {
    title: "One call over a stub fetch, µs",
    method:
      `${settings.stubRounds} interleaved rounds of ${settings.stubCalls} calls after ${settings.stubWarmUp} to warm up, a process for ` +
      "each client. The stub answers `new Response(json)` at once. axios uses its fetch adapter here.",
    ...compared(clients, times, { digits: 1, barTitle: "One call over a stub fetch, µs" }),
  };
}
