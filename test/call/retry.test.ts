import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type AttemptFailure, mayHaveActed, parseRetryAfter, type RetryPolicy, retryDelay } from "../../src/retry.ts";

const policy: RetryPolicy = { limit: 2, maxDelay: 60_000 };
const almostOne = () => 1 - Number.EPSILON;

function status(code: number, retryAfter?: number): AttemptFailure {
  return { kind: "status", status: code, retryAfter };
}

describe("whether a request is sent again", () => {
  const idempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
  const others = ["POST", "PATCH", "TRACE"];
  const serverCannotHaveActed: [string, AttemptFailure][] = [
    ["429", status(429)],
    ["429 with Retry-After", status(429, 1)],
    ["503 with Retry-After", status(503, 1)],
    ["503 with Retry-After 0", status(503, 0)],
    ["a connection never made", { kind: "unsent" }],
  ];
  const serverMayHaveActed: [string, AttemptFailure][] = [
    ...[408, 500, 502, 503, 504].map((code): [string, AttemptFailure] => [String(code), status(code)]),
    ...[408, 500, 502, 504].map((code): [string, AttemptFailure] => [`${code} with Retry-After`, status(code, 1)]),
    ["a lost connection", { kind: "lost" }],
    ["a timeout after sending", { kind: "timeout", sent: true }],
    ["a timeout before sending", { kind: "timeout", sent: false }],
  ];
  const final: [string, AttemptFailure][] = [
    ...[0, 200, 302, 400, 401, 403, 404, 405, 409, 410, 413, 422, 425, 499, 501, 505, 507, 599].map(
      (code): [string, AttemptFailure] => [`${code} with Retry-After`, status(code, 0)],
    ),
    ["an unreadable success", { kind: "unreadable" }],
  ];

  test.each(serverCannotHaveActed)("after %s: every method", (_name, failure) => {
    for (const method of [...idempotent, ...others]) {
      expect(retryDelay(method, failure, 0, policy), method).toBeTypeOf("number");
    }
  });

  test.each(serverMayHaveActed)("after %s: idempotent methods only", (_name, failure) => {
    for (const method of idempotent) expect(retryDelay(method, failure, 0, policy), method).toBeTypeOf("number");
    for (const method of others) expect(retryDelay(method, failure, 0, policy), method).toBeUndefined();
  });

  test.each(final)("after %s: no method", (_name, failure) => {
    for (const method of [...idempotent, ...others]) {
      expect(retryDelay(method, failure, 0, policy), method).toBeUndefined();
    }
  });

  test("as many times as the limit says", () => {
    const retries = [0, 1, 2, 3];
    const again = (limit: number) =>
      retries.map((count) => retryDelay("GET", status(500), count, { limit, maxDelay: 1 }) !== undefined);
    expect(again(0)).toEqual([false, false, false, false]);
    expect(again(1)).toEqual([true, false, false, false]);
    expect(again(2)).toEqual([true, true, false, false]);
  });
});

describe("how long is waited", () => {
  const longest = (retries: number, maxDelay = 60_000) =>
    retryDelay("GET", status(500), retries, { limit: 100, maxDelay }, almostOne);

  test("backoff doubles from half a second, up to the longest delay", () => {
    expect([0, 1, 2, 3, 6, 7, 90].map((retries) => longest(retries))).toEqual([
      499, 999, 1_999, 3_999, 31_999, 59_999, 59_999,
    ]);
    expect(longest(5, 750)).toBe(749);
  });

  test("jitter is full: from nothing to the whole backoff", () => {
    const delays = [0, 0.25, 0.5].map((random) => retryDelay("GET", { kind: "lost" }, 1, policy, () => random));
    expect(delays).toEqual([0, 250, 500]);
  });

  test("jitter is drawn anew each time", () => {
    const delays = Array.from({ length: 50 }, () => retryDelay("GET", status(500), 1, policy));
    expect(new Set(delays).size).toBeGreaterThan(10);
  });

  test("what the server asks for is waited exactly", () => {
    expect(retryDelay("POST", status(429, 7), 0, policy, () => 0)).toBe(7_000);
    expect(retryDelay("POST", status(503, 0), 1, policy, almostOne)).toBe(0);
    expect(retryDelay("GET", status(500, 60), 0, policy, () => 0)).toBe(60_000);
  });

  test("what the server asks for beyond the longest delay is final", () => {
    expect(retryDelay("POST", status(429, 61), 0, policy)).toBeUndefined();
    expect(retryDelay("GET", status(503, Number.POSITIVE_INFINITY), 0, policy)).toBeUndefined();
  });
});

describe("whether the server may have acted", () => {
  const failures: [AttemptFailure, boolean][] = [
    [{ kind: "unsent" }, false],
    [{ kind: "timeout", sent: false }, false],
    [{ kind: "timeout", sent: true }, true],
    [{ kind: "lost" }, true],
    [{ kind: "unreadable" }, true],
    ...[400, 401, 404, 408, 409, 429, 499].map((code): [AttemptFailure, boolean] => [status(code), false]),
    ...[0, 200, 302, 500, 502, 503, 504, 599, 600].map((code): [AttemptFailure, boolean] => [status(code), true]),
  ];
  test.each(failures)("%o: %s", (failure, expected) => expect(mayHaveActed(failure)).toBe(expected));
});

describe("Retry-After", () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 30);

  test.each([
    ["0", 0],
    ["120", 120],
    ["007", 7],
    [" 5 ", 5],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 7],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 7],
    ["Sun Nov  6 08:49:37 1994", 7],
    ["Wed Nov 16 08:49:30 1994", 864_000],
    ["Sun, 06 Nov 1994 08:49:30 GMT", 0],
    ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
    ["Friday, 05-Nov-93 08:49:37 GMT", 0],
  ])("%j asks for %i s", (value, seconds) => expect(parseRetryAfter(value, now)).toBe(seconds));

  test("a part of a second is waited to its end", () => {
    expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now + 1)).toBe(7);
  });

  test.each([
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "1, 2",
    "1 s",
    "soon",
    "Infinity",
    "NaN",
    "１",
    "1994-11-06T08:49:37Z",
    "Nov 6, 1994",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 +0100",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 25:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT; Sun, 06 Nov 1994 08:49:37 GMT",
  ])("%j is junk", (value) => expect(parseRetryAfter(value, now)).toBeUndefined());

  test("an absent header asks for nothing", () => expect(parseRetryAfter(null)).toBeUndefined());

  test("a number beyond all measure is still a number to wait", () => {
    expect(parseRetryAfter("9".repeat(20))).toBe(1e20);
    expect(parseRetryAfter("9".repeat(400))).toBe(Number.POSITIVE_INFINITY);
  });

  test("a date that names no zone is in UTC, wherever the client runs", () => {
    vi.stubEnv("TZ", "America/New_York");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date(now).getHours()).toBe(3);
    expect(parseRetryAfter("Sun Nov  6 08:49:37 1994", now)).toBe(7);
  });

  test("a date is measured from now", () => {
    vi.useFakeTimers({ now, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(7);
  });
});
