import { input, loadCreateCall, token } from "./clients/index.mjs";
import { stubFetch } from "./stub-fetch.mjs";

/**
 * @typedef {{ task: "stub", calls: number }
 *   | { task: "http", baseUrl: string, calls: number, concurrency: number }
 *   | { task: "heap", warmUp: number, calls: number }
 *   | { task: "construct", count: number }} Question
 */

const [clientId = ""] = process.argv.slice(2);
const createCall = await loadCreateCall(clientId);
const stubOptions = { baseUrl: "https://api.example.com", token, fetch: stubFetch };
const stubCall = createCall(stubOptions);
/** @type {Map<string, ReturnType<typeof createCall>>} */
const httpCalls = new Map();

process.on("disconnect", () => process.exit());
process.on("message", async (/** @type {Question} */ question) => {
  try {
    process.send?.(await answer(question));
  } catch (error) {
    process.send?.(String(error));
  }
});

/** @param {Question} question */
function answer(question) {
  switch (question.task) {
    case "stub":
      return microsecondsPerCall(question.calls);
    case "http":
      return requestsPerSecond(question);
    case "heap":
      return heapGrowth(question);
    case "construct":
      return microsecondsPerClient(question.count);
  }
}

/** @param {number} calls */
async function microsecondsPerCall(calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) await stubCall(input);
  return ((performance.now() - start) * 1000) / calls;
}

/** @param {{ baseUrl: string, calls: number, concurrency: number }} question */
async function requestsPerSecond({ baseUrl, calls, concurrency }) {
  const call = httpCalls.get(baseUrl) ?? createCall({ baseUrl, token });
  httpCalls.set(baseUrl, call);
  let left = calls;
  const start = performance.now();
  const loops = Array.from({ length: concurrency }, async () => {
    while (left > 0) {
      left -= 1;
      await call(input);
    }
  });
  await Promise.all(loops);
  return (calls * 1000) / (performance.now() - start);
}

/** @param {{ warmUp: number, calls: number }} question */
async function heapGrowth({ warmUp, calls }) {
  await microsecondsPerCall(warmUp);
  const before = await settledHeap();
  await microsecondsPerCall(calls);
  return (await settledHeap()) - before;
}

/** What is still held after finalizers, which run between collections, had their turns. */
async function settledHeap() {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

/** @param {number} count */
function microsecondsPerClient(count) {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) createCall(stubOptions);
  return ((performance.now() - start) * 1000) / count;
}
