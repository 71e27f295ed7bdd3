import { createRolloutApi, createRolloutClient, type FetchFunction, type Logger } from "rollout-client";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Responder, respond, startSocketServer, writeAndClose, writeAndReset } from "../support/servers.ts";
import { callThings, type ThingPaths } from "../support/things.ts";

const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

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

/** Stops the clock until the end of the test: what the rate limiter says must not depend on how fast the machine is. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** The lines of a create to which a server responds like this. */
async function linesOf(responder: Responder): Promise<string[]> {
  const { lines, logger } = recordingLogger();
  const { url } = await startSocketServer(responder);
  const { credentials } = createRolloutClient({ baseUrl: url, token: () => "made-up", logger });
  await credentials.create(input).catch(() => {});
  return lines;
}

test.each<[string, Responder, string]>([
  ["a success", respond(200), "debug: POST /credentials 200"],
  ["a refusal", respond(400, {}), "warn: POST /credentials 400"],
  ["a failure", respond(500, {}), "warn: POST /credentials 500"],
  ["a redirect", respond(302, ""), "warn: POST /credentials redirected"],
  ["a lost connection", writeAndReset(), "warn: POST /credentials network"],
  [
    "a body that cannot be read",
    respond(200, "{}", { "Content-Encoding": "gzip" }),
    "warn: POST /credentials invalid_response",
  ],
  [
    "an error whose body is lost",
    writeAndClose("HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\n"),
    "warn: POST /credentials 503",
  ],
])("%s writes one line", async (_name, response, line) => {
  expect(await linesOf(response)).toEqual([`${line}, attempt 1, some ms`]);
});

test("each attempt of a call writes one line, with the wait before the next", async () => {
  stopClock();
  const { lines, logger } = recordingLogger();
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  for (const status of [429, 401, 429])
    fetch.mockResolvedValueOnce(Response.json({}, { status, headers: { "Retry-After": "0" } }));
  const call = callThings({ token: () => "made-up", fetch, logger }, "POST");
  await vi.advanceTimersByTimeAsync(1_000);
  await call;
  expect(lines).toEqual([
    "warn: POST /things 429, attempt 1, some ms, retry as the rate limiter allows",
    "warn: rate limiter: refused by the server, paused for some ms, then 35 requests per second",
    "warn: rate limiter: calls begin to queue at 35 requests per second",
    "warn: POST /things 401, attempt 2, some ms, retry in 0 ms",
    "warn: POST /things 429, attempt 3, some ms, retry as the rate limiter allows",
    "debug: POST /things 200, attempt 4, some ms",
  ]);
});

test("a log line has the duration of the attempt, and without a rate limiter the wait that the server asks for", async () => {
  stopClock();
  const warn = vi.fn();
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  fetch.mockImplementationOnce(async () => {
    vi.advanceTimersByTime(234.6);
    return new Response("", { status: 429, headers: { "Retry-After": "7" } });
  });
  fetch.mockImplementationOnce(() => new Promise(() => {}));
  const logger = { debug: () => {}, warn };
  const call = callThings({ token: "made-up", fetch, logger, rateLimiter: false, timeout: 900 }, "GET");
  await vi.advanceTimersByTimeAsync(8_000);
  await call;
  expect(warn.mock.calls.flat()).toEqual([
    "GET /things 429, attempt 1, 235 ms, retry in 7000 ms",
    "GET /things timeout, attempt 2, 900 ms, retry in 0 ms",
  ]);
});

test("a log line has the path of the document, without parameter values", async () => {
  const { lines, logger } = recordingLogger();
  const fetch = vi.fn<FetchFunction>(async () => Response.json({}));
  const options = { baseUrl: "https://rollout.test/api", token: "made-up", logger, fetch };
  const api = createRolloutApi<Record<"/things/{id}", ThingPaths["/things"]>>(options);
  // @ts-expect-error the document has no such parameters
  await api.GET("/things/{id}", { params: { path: { id: "private" }, query: { search: "private" } } });
  expect(fetch.mock.lastCall?.[0]).toMatch(/\/things\/private\?search=private$/);
  expect(lines).toEqual(["debug: GET /things/{id} 200, attempt 1, some ms"]);
});

test("nothing is logged by default", async () => {
  const written = (["debug", "log", "info", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
  const output = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
  const fetch = async () => new Response("", { status: 429, headers: { "Retry-After": "0" } });
  await callThings({ token: "made-up", fetch }, "GET").catch(() => {});
  const calls = [...written, ...output].map((spy) => spy.mock.calls.length);
  for (const spy of [...written, ...output]) spy.mockRestore();
  expect(calls).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

const fail = () => {
  throw new Error("the disk is full");
};
// An unhandled rejection fails the run of these tests.
const reject = async () => fail();

test.each<[string, Logger]>([
  ["throws", { debug: fail, warn: fail }],
  ["rejects", { debug: reject, warn: reject }],
])("a logger that %s does not fail the call", async (_name, logger) => {
  const fetch = vi.fn(async () => Response.json({}));
  fetch.mockResolvedValueOnce(new Response("", { status: 500 }));
  await expect(callThings({ token: "made-up", fetch, logger }, "GET")).resolves.toEqual({});
  await new Promise(setImmediate);
});

test("a logger is called with its own this", async () => {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  await callThings({ token: "made-up", logger, fetch: async () => Response.json({}) }, "GET");
  expect(logger.debug.mock.contexts).toEqual([logger]);
});

test("a token that cannot be fetched is not logged as an attempt", async () => {
  const { lines, logger } = recordingLogger();
  const token = () => Promise.reject(new Error("no token"));
  await expect(callThings({ token, logger }, "GET")).rejects.toThrow("no token");
  expect(lines).toEqual([]);
});
