import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  createRolloutApi,
  createRolloutClient,
  type FetchFunction,
  RolloutApiError,
  RolloutConfigError,
} from "rollout-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { serve } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { answer, startSocketServer, writeAndReset } from "../support/socket-server.ts";
import { bodyOf, callThings, type Method, type ThingPaths } from "../support/things.ts";

beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

const tooMany = answer(429, { errors: [] }, { "Retry-After": "0" });

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("every attempt has the same body and headers, and a token of its own", async () => {
  const server = await startSocketServer(tooMany, tooMany, answer(401, {}), answer(200));
  let tokens = 0;
  const token = () => {
    tokens += 1;
    return `token-${tokens}`;
  };
  const headers = { "X-Trace": "abc", "X-Rollout-User-Agent": "mine" };
  await callThings({ baseUrl: server.url, token, headers, credentialId: "credential-1" }, "POST");
  const [first, ...others] = server.requests.map((request) => ({
    ...Object.fromEntries(request.headers),
    authorization: "",
    body: request.body,
  }));
  expect(first).toMatchObject({ "x-trace": "abc", "x-rollout-credential-id": "credential-1", body: bodyOf("POST") });
  expect(others).toEqual([first, first, first]);
  expect(server.requests.map((request) => request.token)).toEqual(["token-1", "token-2", "token-3", "token-4"]);
});

test.each<[string, Method, () => Promise<void> | void]>([
  ["500", "GET", () => {}],
  ["429", "POST", () => {}],
  ["401", "POST", () => {}],
  // An unhandled rejection fails the run of these tests.
  ["500", "GET", () => Promise.reject(new Error("cannot be cancelled"))],
])("the unread body of a %s is cancelled before a %s is retried", async (status, method, onCancel) => {
  const cancel = vi.fn(onCancel);
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockResolvedValueOnce(new Response(new ReadableStream({ cancel }), { status: Number(status) }));
  await callThings({ token: () => "made-up", fetch }, method);
  await new Promise(setImmediate);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(cancel).toHaveBeenCalledTimes(1);
});

test.each([
  ["429", "POST", "61"],
  ["503", "POST", "61"],
  ["503", "GET", "100000000000000000000"],
  ["500", "GET", "Fri, 31 Dec 9999 23:59:59 GMT"],
] as const)("a %s to a %s with Retry-After: %s, beyond maxDelay, is final", async (status, method, retryAfter) => {
  const server = await startSocketServer(answer(Number(status), {}, { "Retry-After": retryAfter }));
  const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, method), RolloutApiError);
  expect(error).toMatchObject({ status: Number(status), attempts: 1, retryAfter: expect.any(Number) });
  expect(error.message).toMatch(/asks to wait \d+ s/);
  expect(server.requests).toHaveLength(1);
});

test("the wait that the server asks for is exactly kept", async () => {
  useFakeTimers();
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockResolvedValueOnce(new Response("", { status: 429, headers: { "Retry-After": "60" } }));
  const call = callThings({ token: "made-up", fetch }, "POST");
  await vi.advanceTimersByTimeAsync(59_999);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(fetch).toHaveBeenCalledTimes(2);
  await call;
});

test("the backoff is a part of half a second, then of a second", async () => {
  useFakeTimers();
  vi.mocked(Math.random).mockReturnValue(0.5);
  const fetch = vi.fn(async () => new Response("", { status: 500 }));
  const error = rejection(callThings({ token: "made-up", fetch }, "GET"), RolloutApiError);
  const counts: number[] = [];
  for (const step of [249, 1, 499, 1]) {
    await vi.advanceTimersByTimeAsync(step);
    counts.push(fetch.mock.calls.length);
  }
  expect(counts).toEqual([1, 2, 2, 3]);
  expect(await error).toMatchObject({ status: 500, attempts: 3 });
});

describe("mayHaveSucceeded remembers earlier attempts:", () => {
  test.each<[Method, string, typeof tooMany, boolean]>([
    ["PUT", "a lost connection", writeAndReset(), true],
    ["DELETE", "a lost connection", writeAndReset(), true],
    ["PUT", "a 500", answer(500, {}), true],
    ["PUT", "a 429", tooMany, false],
    ["POST", "a 429", tooMany, false],
    ["POST", "a 503 with Retry-After", answer(503, {}, { "Retry-After": "0" }), false],
    ["GET", "a 500", answer(500, {}), false],
    ["GET", "a lost connection", writeAndReset(), false],
  ])("of a %s after %s and a 404", async (method, _case, first, mayHaveSucceeded) => {
    const server = await startSocketServer(first, answer(404, {}));
    const error = await rejection(callThings({ baseUrl: server.url, token: "made-up" }, method), RolloutApiError);
    expect(error).toMatchObject({ code: "not_found", attempts: 2, mayHaveSucceeded });
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no token"))],
    ["returns an empty token", () => ""],
    ["fails with an error of this package", () => Promise.reject(new RolloutConfigError("token", "is not there"))],
  ])("of a PUT whose token function %s for the second attempt", async (_case, second) => {
    const server = await startSocketServer(writeAndReset());
    let asked = 0;
    const token = () => {
      asked += 1;
      return asked === 1 ? "made-up" : second();
    };
    const error = await rejection(callThings({ baseUrl: server.url, token }, "PUT"), RolloutConfigError);
    expect(error).toMatchObject({ option: "token", mayHaveSucceeded: true, cause: expect.any(Error) });
  });

  test("of a PUT whose init the platform refuses, and whose second attempt fails in a fetch that does not", async () => {
    const fetch = vi.fn<FetchFunction>(() => Promise.reject(new TypeError("fetch failed")));
    fetch.mockResolvedValueOnce(new Response("", { status: 500 }));
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token: "made-up", fetch });
    const error = await rejection(api.PUT("/things", { cache: "only-if-cached" }), RolloutConfigError);
    expect(error).toMatchObject({ message: "request cannot be sent", mayHaveSucceeded: true });
  });
});

describe("a burst against a rate limit", () => {
  const ALLOWED_PER_SECOND = 50;
  const CREATES = 1_000;
  const CONCURRENCY = 100;

  function heapAfterCollection(): number {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    if (typeof collect !== "function") throw new Error("there is no gc");
    collect();
    return process.memoryUsage().heapUsed;
  }

  test("creates each credential once, and leaks no memory", { timeout: 60_000 }, async () => {
    useFakeTimers();
    // A second passes when every worker waits, so that the limit counts, however fast the machine is.
    let seconds = 0;
    let working = 0;
    let waiting = 0;
    const passWhenAllWait = (): void => {
      if (waiting === 0 || waiting < working) return;
      waiting = 0;
      setImmediate(() => {
        seconds += 1;
        used = 0;
        vi.advanceTimersByTime(1_000);
      });
    };
    let used = 0;
    let refusals = 0;
    const created = new Map<string, number>();
    const server = await serve(async (request, response) => {
      const body = await text(request);
      used += 1;
      if (used > ALLOWED_PER_SECOND) {
        refusals += 1;
        response.writeHead(429, { "Retry-After": "1" }).end();
      } else {
        created.set(body, (created.get(body) ?? 0) + 1);
        response.end(JSON.stringify({ id: `credential-${created.size}` }));
      }
    });
    const warn = (): void => {
      waiting += 1;
      passWhenAllWait();
    };
    const { credentials } = createRolloutClient({
      baseUrl: server.url,
      token: "made-up",
      retry: { limit: 20 },
      logger: { debug: () => {}, warn },
    });
    const createAll = async (): Promise<void> => {
      let next = 0;
      const work = async (): Promise<void> => {
        working += 1;
        while (next < CREATES) {
          next += 1;
          await credentials.create({ appKey: "gmail", userInputs: { number: String(next) } });
        }
        working -= 1;
        passWhenAllWait();
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    };

    const heaps: number[] = [];
    // Twice: what the first calls allocate once and for all is no leak.
    for (let burst = 1; burst <= 2; burst += 1) {
      await createAll();
      expect([...created.values()]).toEqual(Array(CREATES).fill(1));
      expect(refusals).toBeGreaterThan(burst * CREATES);
      expect(seconds).toBeGreaterThanOrEqual((burst * CREATES) / ALLOWED_PER_SECOND - 1);
      created.clear();
      heaps.push(heapAfterCollection());
    }
    const [before = 0, after = 0] = heaps;
    // Two kilobytes for each create would be a leak. What a process that runs tests allocates is less.
    expect(after - before).toBeLessThan(2 * 1024 * CREATES);
  });
});
