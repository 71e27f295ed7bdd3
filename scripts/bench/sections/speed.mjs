import { packages } from "../clients/index.mjs";
import { compare, format, inNewProcess, inRounds } from "../rounds.mjs";
import { serve } from "../servers.mjs";

const inTurns = "processes for each client, in turns: the median (middle half) of their medians.";

/** @param {import("./index.mjs").Settings} settings */
export async function measureConstruction({ rounds, duration }) {
  const rows = packages.filter((title) => title !== "fetch");
  const measured = await inRounds(rounds, rows, (row) => inNewProcess({ name: "construct", row, ...duration }));
  return {
    title: "Constructing a client",
    note: `Processor time in batches of 1,000. ${rounds} ${inTurns}`,
    columns: ["µs", "× openapi-fetch"],
    rows: compare(measured, 2, "openapi-fetch"),
  };
}

/** @param {import("./index.mjs").Settings} settings */
export async function measureStub({ rounds, duration }) {
  const suffix = ", with a middleware";
  const rows = [...packages, `openapi-fetch${suffix}`, `rollout-client${suffix}`];
  const measured = await inRounds(rounds, rows, (row) => {
    const options = { middleware: row.endsWith(suffix) };
    return inNewProcess({ name: "stub", row: row.replace(suffix, ""), options, ...duration });
  });
  return {
    title: "One call over a stub",
    note:
      "The stub `fetch` returns a small JSON response at once. Processor time, garbage collection included, in batches of 1,000 calls one after " +
      `another. ${rounds} ${inTurns} The middleware sets one header. axios uses its fetch adapter ` +
      "here. The rate limiter of rollout-client is on, here and in the next two tables, at a rate that is not reached.",
    columns: ["µs", "× openapi-fetch"],
    rows: compare(measured, 1, "openapi-fetch"),
    chart: "µs",
  };
}

/** @param {import("./index.mjs").Settings} settings */
export async function measureRequests({ rounds, duration }) {
  const headers = { "Content-Type": "application/json" };
  const { baseUrl, close } = await serve((_request, response) => {
    response.writeHead(200, headers).end('{"id":"cred_01J8Z0000000000000000000"}');
  });
  const rows = [...packages, "rollout-client over undici's request"];
  const options = { baseUrl, transport: {} };
  const measured = await inRounds(rounds, rows, (row) =>
    inNewProcess({ name: "requests", row, options, atOnce: 50, ...duration }),
  );
  close();
  return {
    title: "Requests per second",
    note:
      `Keep-alive HTTP to one server on the loopback interface, 50 calls at once. ${rounds} ${inTurns} axios uses its Node adapter here, over ` +
      "node:http. One call after another is left out: on this machine, the noise is larger than the differences.",
    columns: ["50 at once", "× fetch", "× openapi-fetch"],
    rows: compare(measured, 0, "fetch", "openapi-fetch"),
    chart: "50 at once",
  };
}

/** @param {import("./index.mjs").Settings} settings */
export async function measureHeap({ heapCalls: calls }) {
  const measured = await inRounds(1, packages, (row) => inNewProcess({ name: "heap", row, options: {}, calls }));
  return {
    title: "Heap growth",
    note:
      `Over the stub: the heap in use after ${format(calls / 4, 0)} calls, subtracted from that after ${format(calls, 0)} more, each after ` +
      "several forced collections. Some ten kB are noise; below zero, less was in use at the end.",
    columns: ["kB"],
    rows: measured.map(({ row, values }) => ({ title: row, cells: values.map((bytes) => format(bytes / 1000, 0)) })),
  };
}
