// One task for one client in a process of its own; writes the figure to stdout.
import { setTimeout } from "node:timers/promises";
import { Bench } from "tinybench";
import { clientOf } from "./clients/index.mjs";

/**
 * @typedef {{ warmUp: number, time: number }} Duration in batches, and then in milliseconds
 * @typedef {{ name: "construct", row: string } & Duration
 *   | { name: "stub", row: string, options: { middleware: boolean } } & Duration
 *   | { name: "requests", row: string, options: { baseUrl: string, transport: {} }, atOnce: number } & Duration
 *   | { name: "heap", row: string, options: {}, calls: number }
 *   | { name: "rate-limit", row: string, baseUrl: string, clients: number, calls: number, shared: boolean, patience: number }} Task
 */

/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? "");
process.stdout.write(String(await perform(task)), () => process.exit());

/** @param {Task} task */
async function perform(task) {
  const createClient = await clientOf(task.row).load(task.name === "rate-limit" && task.shared);
  // Returns a response at once, so what is timed is the client and what the platform needs to make and read a `Response`.
  const stubFetch = async () => Response.json({ id: "cred_01J8Z0000000000000000000" });
  const stubbed = { baseUrl: "https://api.example.com", transport: { fetch: stubFetch } };
  if (task.name === "construct") return microseconds(() => createClient(stubbed), task);
  if (task.name === "rate-limit") return handOverAtOnce(() => createClient({ baseUrl: task.baseUrl }).list, task);
  const { create } = createClient({ ...stubbed, ...task.options, unlimited: true });
  if (task.name === "requests") return requestsPerSecond(create, task);
  return task.name === "stub" ? microseconds(create, task) : heapGrowth(create, task);
}

/** @param {() => unknown} act @param {Duration} duration */
async function microseconds(act, duration) {
  return medianTime(() => repeat(1_000, act), duration, processorTime); // In milliseconds for a thousand.
}

/** Of the whole process, so garbage collection counts and what other processes do does not. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @param {() => unknown} call @param {Duration & { atOnce: number }} task */
async function requestsPerSecond(call, { atOnce, ...duration }) {
  const each = 3;
  const batch = () => Promise.all(Array.from({ length: atOnce }, () => repeat(each, call)));
  return (each * atOnce * 1000) / (await medianTime(batch, duration, () => performance.now()));
}

// The warm-up is counted, not timed: on a busy machine, a time would end before the code is compiled.
/** @param {() => Promise<unknown>} batch @param {Duration} duration @param {() => number} now */
async function medianTime(batch, { warmUp, time }, now) {
  const limits = { time, iterations: 3, warmupTime: 0, warmupIterations: warmUp };
  const bench = new Bench({ ...limits, now, throws: true });
  const [measured] = await bench.add("batch", batch, { async: true }).run();
  if (measured?.result.state !== "completed") throw new Error("the measurement did not end");
  return measured.result.latency.p50;
}

/** @param {number} count @param {() => unknown} act */
async function repeat(count, act) {
  for (let done = 0; done < count; done += 1) await act();
}

/** In bytes. @param {() => unknown} call @param {{ calls: number }} task */
async function heapGrowth(call, { calls }) {
  await repeat(calls / 4, call);
  const before = await settledHeap();
  await repeat(calls, call);
  return (await settledHeap()) - before;
}

/** What is still held after finalizers, which run between collections, had their turns. */
async function settledHeap() {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc?.();
    await setTimeout(20);
  }
  return process.memoryUsage().heapUsed;
}

/** @param {() => () => unknown} createCall of a new client @param {Extract<Task, { name: "rate-limit" }>} task */
async function handOverAtOnce(createCall, { clients, calls, patience }) {
  let succeeded = 0;
  const pending = Array.from({ length: clients }, createCall).flatMap((call) =>
    Array.from({ length: calls }, async () => {
      await call();
      succeeded += 1;
    }),
  );
  await Promise.race([Promise.allSettled(pending), setTimeout(patience)]);
  return succeeded;
}
