import { clientOf } from "../clients/index.mjs";
import { inNewProcess } from "../rounds.mjs";
import { fixedWindows, serve, tokenBucket } from "../servers.mjs";

const rows = ["rollout-client", "openapi-fetch", "ky", "ky + p-queue", "Octokit + throttling + retry", "openai"];
const patience = 60_000;
const usual = { limit: tokenBucket, perSecond: 50, retryAfter: true, clients: 1, calls: 400, shared: false };

/** The calls are those of each client, which share one rate limiter or have one each. @typedef {typeof usual & { title: string }} Scenario */

/** @type {readonly Scenario[]} */
const scenarios = [
  { ...usual, title: "50/s" },
  { ...usual, title: "50/s, no Retry-After", retryAfter: false },
  { ...usual, title: "50/s, fixed windows", limit: fixedWindows, calls: 300 },
  { ...usual, title: "20/s", perSecond: 20, calls: 200 },
  { ...usual, title: "50/s, 4 clients", clients: 4, calls: 100 },
  { ...usual, title: "50/s, 4 clients, 1 limiter", clients: 4, calls: 100, shared: true },
];

/** @param {import("./index.mjs").Settings} settings */
export async function measureRateLimit({ scale }) {
  const scaled = scenarios.map((scenario) => ({ ...scenario, calls: Math.ceil(scenario.calls * scale) }));
  const measured = [];
  for (const title of rows) {
    /** @type {string[]} */
    const cells = [];
    // A client mostly waits, so two of its scenarios can run side by side. More of them delay each other's refusals.
    for (let next = 0; next < scaled.length; next += 2) {
      const pair = scaled.slice(next, next + 2).map((scenario) => attempt(title, scenario));
      cells.push(...(await Promise.all(pair)));
    }
    measured.push({ title, cells });
  }
  return {
    title: "At the rate limit: succeeded / refused / seconds",
    note:
      "Reads (`GET /credentials`, which every client may retry), all handed over at the same moment to a server that takes so many a second " +
      "and responds to the rest with 429 and `Retry-After: 1`. A token bucket is full at first, with the requests of one second. Calls that " +
      `succeeded, responses with 429, seconds from the first request to the last; ended after ${patience / 1000} s. Each client as its users set ` +
      "it up: rollout-client with its defaults, p-queue with 50 per second, plugin-throttling with handlers that return true.",
    columns: scaled.map((scenario) => `${scenario.title}: ${countCalls(scenario)} in ${idealSeconds(scenario)} s`),
    rows: measured,
  };
}

/** @param {string} row @param {Scenario} scenario */
async function attempt(row, { limit, perSecond, retryAfter, clients, calls, shared }) {
  if (shared && !clientOf(row).sharesLimiter) return "–";
  const admits = limit(perSecond);
  const headers = { "Content-Type": "application/json" };
  const refusal = { ...headers, ...(retryAfter && { "Retry-After": "1" }) };
  let refused = 0;
  let seconds = 0;
  /** @type {number | undefined} */
  let first;
  const { baseUrl, close } = await serve((_request, response) => {
    first ??= performance.now();
    seconds = (performance.now() - first) / 1000;
    if (admits(seconds)) {
      response.writeHead(200, headers).end("[]");
    } else {
      refused += 1;
      response.writeHead(429, refusal).end('{"message":"too many requests"}');
    }
  });
  const succeeded = await inNewProcess({ name: "rate-limit", row, baseUrl, clients, calls, shared, patience });
  close();
  return `${succeeded} / ${refused} / ${seconds.toFixed(1)}`;
}

/** From the first request to the last, if each is sent as soon as the server takes it. @param {Scenario} scenario */
function idealSeconds(scenario) {
  const seconds = Math.max(0, countCalls(scenario) / scenario.perSecond - 1);
  return scenario.limit === fixedWindows ? Math.ceil(seconds) : Number(seconds.toFixed(1));
}

/** @param {Scenario} scenario */
function countCalls({ clients, calls }) {
  return clients * calls;
}
