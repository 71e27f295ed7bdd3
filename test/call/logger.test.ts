import { createRolloutApi, createRolloutClient, type Logger } from "rollout-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Answer, answer, startSocketServer, writeAndClose, writeAndReset } from "../support/socket-server.ts";
import { callThings } from "../support/things.ts";

const input = { appKey: "gmail", userInputs: { apiKey: "made-up" } };

/** A logger that records its lines, with durations replaced. */
function recordingLogger() {
  const lines: string[] = [];
  const record = (level: string) => (line: string) =>
    void lines.push(`${level}: ${line.replace(/ \d+ ms/, " some ms")}`);
  return { lines, logger: { debug: record("debug"), warn: record("warn") } };
}

beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

describe("an attempt writes one line:", () => {
  async function linesOf(first: Answer, ...others: Answer[]): Promise<string[]> {
    const { lines, logger } = recordingLogger();
    const { url } = await startSocketServer(first, ...others);
    await createRolloutClient({ baseUrl: url, token: () => "made-up", logger })
      .credentials.create(input)
      .catch(() => {});
    return lines;
  }

  test("a success by debug", async () => {
    expect(await linesOf(answer(200))).toEqual(["debug: POST /credentials 200, attempt 1, some ms"]);
  });

  test.each<[string, Answer, string]>([
    ["a refusal", answer(400, {}), "400"],
    ["a failure", answer(500, {}), "500"],
    ["a redirect", answer(302, ""), "redirected"],
    ["a lost connection", writeAndReset(), "network"],
    ["a body that cannot be read", answer(200, "{}", { "Content-Encoding": "gzip" }), "invalid_response"],
    ["an error whose body is lost", writeAndClose("HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\n"), "503"],
  ])("%s by warn", async (_name, failure, result) => {
    expect(await linesOf(failure)).toEqual([`warn: POST /credentials ${result}, attempt 1, some ms`]);
  });

  test("a failed attempt that is retried, by warn", async () => {
    const { lines, logger } = recordingLogger();
    const fetch = vi.fn(async () => Response.json({}));
    fetch.mockImplementationOnce(() => new Promise(() => {}));
    fetch.mockRejectedValueOnce(new TypeError("fetch failed"));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const call = callThings({ token: "made-up", fetch, timeout: 100, logger }, "GET");
    // The timeout, and two waits of a millisecond at most.
    for (const step of [100, 1, 1]) await vi.advanceTimersByTimeAsync(step);
    await call;
    expect(lines).toEqual([
      "warn: GET /things timeout, attempt 1, some ms, retry in 0 ms",
      "warn: GET /things network, attempt 2, some ms, retry in 0 ms",
      "debug: GET /things 200, attempt 3, some ms",
    ]);
  });

  test("each attempt of a call, with the wait before the next", async () => {
    const tooMany = answer(429, {}, { "Retry-After": "0" });
    expect(await linesOf(tooMany, answer(401, {}), tooMany, answer(200))).toEqual([
      "warn: POST /credentials 429, attempt 1, some ms, retry as the rate limiter allows",
      "warn: rate limiter: refused by the server, paused for some ms, then 35 requests per second",
      "warn: rate limiter: calls begin to queue at 35 requests per second",
      "warn: POST /credentials 401, attempt 2, some ms, retry in 0 ms",
      "warn: POST /credentials 429, attempt 3, some ms, retry as the rate limiter allows",
      "debug: POST /credentials 200, attempt 4, some ms",
    ]);
  });
});

test("a log line has the duration of the attempt, and without a rate limiter the wait that the server asks for", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const lines: string[] = [];
  const logger = { debug: () => {}, warn: (line: string) => void lines.push(line) };
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockImplementationOnce(async () => {
    vi.advanceTimersByTime(234.6);
    return new Response("", { status: 429, headers: { "Retry-After": "7" } });
  });
  const call = callThings({ token: "made-up", fetch, logger, rateLimiter: false }, "PATCH");
  await vi.advanceTimersByTimeAsync(7_000);
  await call;
  expect(lines).toEqual(["PATCH /things 429, attempt 1, 235 ms, retry in 7000 ms"]);
});

test("a log line has the path of the document, without parameter values", async () => {
  interface PathsWithParameter {
    "/things/{id}": {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      get: {
        parameters: { query: { search: string }; path: { id: string } };
        responses: { 200: { headers: Record<string, string>; content: { "application/json": unknown } } };
      };
    };
  }
  const { lines, logger } = recordingLogger();
  const urls: string[] = [];
  const fetch = async (url: string) => {
    urls.push(new URL(url).pathname);
    return Response.json({});
  };
  const api = createRolloutApi<PathsWithParameter>({
    baseUrl: "https://rollout.test/api",
    token: "made-up",
    logger,
    fetch,
  });
  await api.GET("/things/{id}", { params: { path: { id: "private" }, query: { search: "private" } } });
  expect(urls).toEqual([expect.stringMatching(/\/things\/private$/)]);
  expect(lines).toEqual(["debug: GET /things/{id} 200, attempt 1, some ms"]);
});

test("nothing is logged by default", async () => {
  const written = (["debug", "log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
  const output = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  const { url } = await startSocketServer(answer(429, {}, { "Retry-After": "0" }), answer(500, {}));
  await createRolloutClient({ baseUrl: url, token: "made-up" })
    .credentials.create(input)
    .catch(() => {});
  const calls = [...written, ...output].map((spy) => spy.mock.calls.length);
  for (const spy of [...written, ...output]) spy.mockRestore();
  expect(calls).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

describe("a logger that fails does not fail the call:", () => {
  const fail = () => {
    throw new Error("the disk is full");
  };
  const reject = async () => fail();
  test.each<[string, Logger]>([
    ["by throwing", { debug: fail, warn: fail }],
    // An unhandled rejection fails the run of these tests.
    ["by rejecting", { debug: reject, warn: reject }],
  ])("%s", async (_name, logger) => {
    const { url } = await startSocketServer(answer(429, {}, { "Retry-After": "0" }), answer(200));
    const { credentials } = createRolloutClient({ baseUrl: url, token: "made-up", logger });
    await expect(credentials.create(input)).resolves.toEqual({ id: "made-up" });
    await new Promise(setImmediate);
  });
});

test("a logger is called with its own this", async () => {
  class Lines {
    readonly all: string[] = [];
    debug(line: string): void {
      this.all.push(line);
    }
    warn(line: string): void {
      this.all.push(line);
    }
  }
  const logger = new Lines();
  await callThings({ token: "made-up", logger, fetch: async () => Response.json({}) }, "GET");
  expect(logger.all).toHaveLength(1);
});

test("a token that cannot be fetched is not logged as an attempt", async () => {
  const { lines, logger } = recordingLogger();
  const token = () => Promise.reject(new Error("no token"));
  await expect(callThings({ token, logger }, "GET")).rejects.toMatchObject({ option: "token" });
  expect(lines).toEqual([]);
});
