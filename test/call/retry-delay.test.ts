import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isRefusal, readyDelay, retryDelay } from "../../src/call/retry.ts";
import { type AttemptFailure, mayHaveActed } from "../../src/errors/attempt-failure.ts";
import { parseRetryAfter, retryAfterOf } from "../../src/errors/retry-after.ts";

const policy = { limit: 2, maxDelay: 60_000 };
const idempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
const others = ["POST", "PATCH", "TRACE"];
const almostOne = () => 1 - Number.EPSILON;

function status(code: number, retryAfter?: number): AttemptFailure {
  return { kind: "status", status: code, retryAfter };
}

const statuses = (codes: readonly number[], retryAfter?: number) => codes.map((code) => status(code, retryAfter));

describe("what is retried", () => {
  test.each<[string, string[], AttemptFailure[]]>([
    ["every method", [...idempotent, ...others], [...statuses([429]), ...statuses([429, 503], 0), { kind: "unsent" }]],
    [
      "idempotent methods",
      idempotent,
      [
        ...statuses([408, 500, 502, 503, 504]),
        ...statuses([408, 500, 502, 504], 1),
        { kind: "lost" },
        { kind: "timeout", sent: true },
        { kind: "timeout", sent: false },
      ],
    ],
    [
      "no method",
      [],
      [
        ...statuses([0, 200, 302, 400, 401, 403, 404, 405, 409, 410, 413, 422, 425, 499, 501, 505, 507, 599], 0),
        { kind: "unreadable" },
      ],
    ],
  ])("%s after these failures", (_name, retried, failures) => {
    for (const failure of failures) {
      const found = [...idempotent, ...others].filter((method) => retryDelay(method, failure, 0, policy) !== undefined);
      expect(found, JSON.stringify(failure)).toEqual(retried);
    }
  });

  test.each([0, 1, 2])("a limit of %i allows as many retries", (limit) => {
    const retries = [0, 1, 2, 3].filter(
      (count) => retryDelay("GET", status(500), count, { limit, maxDelay: 1 }) !== undefined,
    );
    expect(retries).toHaveLength(limit);
  });
});

describe("the delay", () => {
  test("is a backoff that doubles from half a second, up to maxDelay", () => {
    const longest = (retries: number, maxDelay = 60_000) =>
      retryDelay("GET", status(500), retries, { limit: 100, maxDelay }, almostOne);
    const delays = [0, 1, 2, 3, 6, 7, 90].map((retries) => longest(retries));
    expect(delays).toEqual([499, 999, 1_999, 3_999, 31_999, 59_999, 59_999]);
    expect(longest(5, 750)).toBe(749);
  });

  test("has full jitter: from nothing to the whole backoff", () => {
    const delays = [0, 0.25, 0.5].map((random) => retryDelay("GET", { kind: "lost" }, 1, policy, () => random));
    expect(delays).toEqual([0, 250, 500]);
  });

  test("is random by default", () => {
    const random = vi.spyOn(Math, "random").mockReturnValueOnce(0.25).mockReturnValueOnce(0.5);
    onTestFinished(() => random.mockRestore());
    expect([retryDelay("GET", status(500), 1, policy), readyDelay(0, 60_000)]).toEqual([250, 750]);
  });

  test.each<[string, AttemptFailure, number | undefined, number | undefined]>([
    ["POST", status(429, 7), 7_000, 8_749],
    ["POST", status(503, 0), 0, 0],
    ["GET", status(500, 60), 60_000, 74_999],
    ["POST", status(429, 61), undefined, undefined],
    ["GET", status(503, Number.POSITIVE_INFINITY), undefined, undefined],
  ])(
    "is what the server asks for and up to a quarter more, or the failure is final: %s, %o, %s to %s ms",
    (method, failure, shortest, longest) => {
      expect(retryDelay(method, failure, 1, policy, () => 0)).toBe(shortest);
      expect(retryDelay(method, failure, 1, policy, () => 0.99999)).toBe(longest);
    },
  );
});

test("a Retry-After near the longest timer is not more than that with its jitter", () => {
  const longest = 2 ** 31 - 1;
  const failure = status(503, Math.floor(longest / 1_000));
  expect(retryDelay("GET", failure, 0, { limit: 2, maxDelay: longest }, almostOne)).toBe(longest);
});

test("refusals by the server's limits are 429, and 503 with Retry-After", () => {
  const failures = [...statuses([409, 429, 500, 503]), ...statuses([409, 429, 500, 503], 0), { kind: "lost" } as const];
  expect(failures.filter(isRefusal)).toEqual([status(429), ...statuses([429, 503], 0)]);
});

test.each([
  { conflicts: 0, remaining: 60_000, random: 0, expected: 500 },
  { conflicts: 0, remaining: 60_000, random: 0.999, expected: 999 },
  { conflicts: 2, remaining: 60_000, random: 0.5, expected: 3_000 },
  { conflicts: 9, remaining: 60_000, random: 0.999, expected: 9_995 },
  { conflicts: 9, remaining: 20, random: 0.5, expected: 20 },
  { conflicts: 9, remaining: 19.2, random: 0.5, expected: 20 },
  { conflicts: 0, remaining: 0, random: 0.5, expected: undefined },
  { conflicts: 0, remaining: -1, random: 0.5, expected: undefined },
])("the wait for data after $conflicts conflicts, with $remaining ms left, is $expected ms", (row) => {
  expect(readyDelay(row.conflicts, row.remaining, () => row.random)).toBe(row.expected);
});

test.each<[AttemptFailure, boolean]>([
  [{ kind: "unsent" }, false],
  [{ kind: "timeout", sent: false }, false],
  [{ kind: "timeout", sent: true }, true],
  [{ kind: "lost" }, true],
  [{ kind: "unreadable" }, true],
  ...[400, 401, 404, 408, 409, 429, 499].map((code): [AttemptFailure, boolean] => [status(code), false]),
  ...[0, 200, 302, 399, 500, 502, 503, 504, 599, 600].map((code): [AttemptFailure, boolean] => [status(code), true]),
])("whether the server may have acted after %o: %s", (failure, expected) => {
  expect(mayHaveActed(failure)).toBe(expected);
});

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
])("Retry-After: %j asks for %i s", (value, seconds) => expect(parseRetryAfter(value, now)).toBe(seconds));

test("Retry-After counts a part of a second as a whole one", () => {
  expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now + 1)).toBe(7);
});

test.each(
  [
    ["", " ", "-1", "+1", "1.5", "1e3", "0x10", "1, 2", "1 s", "soon", "Infinity", "NaN", "１"],
    ["1994-11-06T08:49:37Z", "Nov 6, 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100"],
    ["Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT"],
    ["Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT; Sun, 06 Nov 1994 08:49:37 GMT"],
  ].flat(),
)("Retry-After: %j is malformed", (value) => expect(parseRetryAfter(value, now)).toBeUndefined());

test("no Retry-After asks for nothing", () => expect(parseRetryAfter(null, now)).toBeUndefined());

test("Retry-After may be any number, however large", () => {
  expect(parseRetryAfter("9".repeat(20), now)).toBe(1e20);
  expect(parseRetryAfter("9".repeat(400), now)).toBe(Number.POSITIVE_INFINITY);
});

test("Retry-After without a time zone is in UTC, wherever the client runs", () => {
  vi.stubEnv("TZ", "America/New_York");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(new Date(now).getHours()).toBe(3);
  expect(parseRetryAfter("Sun Nov  6 08:49:37 1994", now)).toBe(7);
});

test("Retry-After as a date is measured from the Date of the response, or else from now", () => {
  vi.useFakeTimers({ now, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const headers = new Headers({ "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" });
  expect(retryAfterOf(headers)).toBe(7);
  headers.set("Date", "Sun, 06 Nov 1994 08:49:17 GMT");
  expect(retryAfterOf(headers)).toBe(20);
});
