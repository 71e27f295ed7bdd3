import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRolloutClient, type RolloutClient } from "rollout-client";
import { expect, onTestFinished, test, vi } from "vitest";

const ALLOWED_A_SECOND = 50;
const CREATES = 1_000;
const CONCURRENCY = 100;

/**
 * Time for a server and its clients: it passes when all that are at work have been told to wait, and then by a second. So
 * the limit is what holds them up, however fast or slow the machine is.
 */
class Clock {
  second = 0;
  #atWork = 0;
  #waiting = 0;

  constructor() {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
  }

  async work(run: () => Promise<void>): Promise<void> {
    this.#atWork += 1;
    await run();
    this.#atWork -= 1;
    this.#passWhenAllWait();
  }

  wait(): void {
    this.#waiting += 1;
    this.#passWhenAllWait();
  }

  #passWhenAllWait(): void {
    if (this.#waiting === 0 || this.#waiting < this.#atWork) return;
    this.#waiting = 0;
    // Whoever has just said that it waits comes to set its timer.
    setImmediate(() => {
      this.second += 1;
      vi.advanceTimersByTime(1_000);
    });
  }
}

/** A server that creates so many credentials a second and no more, and tells the others to come back in a second. */
async function startLimitedServer(clock: Clock) {
  const created = new Map<string, number>();
  let refusals = 0;
  let second = clock.second;
  let used = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (clock.second !== second) used = 0;
    second = clock.second;
    used += 1;
    response.setHeader("Content-Type", "application/json");
    if (used > ALLOWED_A_SECOND) {
      refusals += 1;
      response.writeHead(429, { "Retry-After": "1" }).end('{"errors":[{"message":"slow down"}]}');
    } else {
      created.set(body, (created.get(body) ?? 0) + 1);
      response.end(JSON.stringify({ id: `credential-${created.size}` }));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return { url: `http://127.0.0.1:${address.port}`, created, refusals: () => refusals };
}

async function createMany({ credentials }: RolloutClient, clock: Clock, count: number): Promise<Set<string>> {
  const ids = new Set<string>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const created = await credentials.create({ appKey: "gmail", userInputs: { number: String(next) } });
      if ("id" in created) ids.add(created.id);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, () => clock.work(work)));
  return ids;
}

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  collect();
  return process.memoryUsage().heapUsed;
}

test("a thousand creates against a limit of fifty a second are each done once", { timeout: 60_000 }, async () => {
  const clock = new Clock();
  const server = await startLimitedServer(clock);
  const logger = { debug: () => {}, warn: () => clock.wait() };
  const rollout = createRolloutClient({ baseUrl: server.url, token: "made-up", retry: { limit: 20 }, logger });
  const heaps: number[] = [];
  // Twice, because what the first calls make once and for all is no leak.
  for (let burst = 1; burst <= 2; burst += 1) {
    const ids = await createMany(rollout, clock, CREATES);
    expect(ids.size).toBe(CREATES);
    expect(server.created.size).toBe(CREATES);
    expect(new Set(server.created.values())).toEqual(new Set([1]));
    expect(server.refusals()).toBeGreaterThan(burst * CREATES);
    expect(clock.second).toBeGreaterThanOrEqual((burst * CREATES) / ALLOWED_A_SECOND - 1);
    server.created.clear();
    heaps.push(heapAfterCollection());
  }
  const [before = 0, after = 0] = heaps;
  // Two kilobytes for each create would be a leak; what comes and goes in a process that runs tests is less.
  expect(after - before).toBeLessThan(2 * 1024 * CREATES);
});
