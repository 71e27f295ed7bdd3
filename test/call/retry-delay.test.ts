import { afterEach, expect, test, vi } from "vitest";
import { type Outcome, readyDelay, retryAfterOf, retryDelay } from "../../src/call/retry.ts";

const policy = { limit: 2, maxDelay: 60_000 };
const almostOne = () => 1 - Number.EPSILON;
const status = (code: number, retryAfter?: number): Outcome => ({ kind: "status", status: code, retryAfter });

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("the longest backoff doubles from half a second, up to maxDelay", () => {
  const longest = (retries: number, maxDelay = 60_000) =>
    retryDelay("GET", status(500), retries, { limit: 100, maxDelay }, almostOne);
  const delays = [0, 1, 2, 3, 6, 7, 90].map((retries) => longest(retries));
  expect(delays).toEqual([499, 999, 1_999, 3_999, 31_999, 59_999, 59_999]);
  expect(longest(5, 750)).toBe(749);
});

test("a backoff has full jitter: from nothing to the whole of it", () => {
  const delays = [0, 0.25, 0.5].map((random) => retryDelay("GET", { kind: "lost" }, 1, policy, () => random));
  expect(delays).toEqual([0, 250, 500]);
});

test.each<[string, Outcome, number | undefined, number | undefined]>([
  ["POST", status(429, 7), 7_000, 8_749],
  ["POST", status(503, 0), 0, 0],
  ["GET", status(500, 60), 60_000, 74_999],
  ["POST", status(429, 61), undefined, undefined],
  ["GET", status(503, Number.MAX_SAFE_INTEGER), undefined, undefined],
])("the wait is what the server asks for and up to a quarter more, or none: %s, %o", (method, outcome, least, most) => {
  expect(retryDelay(method, outcome, 1, policy, () => 0)).toBe(least);
  expect(retryDelay(method, outcome, 1, policy, () => 0.99999)).toBe(most);
});

test("a wait near the longest timer is not more than that with its jitter", () => {
  const maxDelay = 2 ** 31 - 1;
  const outcome = status(503, Math.floor(maxDelay / 1_000));
  expect(retryDelay("GET", outcome, 0, { limit: 2, maxDelay }, almostOne)).toBe(maxDelay);
});

test.each([
  { conflicts: 0, remaining: 60_000, random: 0, expected: 500 },
  { conflicts: 0, remaining: 60_000, random: 0.999, expected: 999 },
  { conflicts: 2, remaining: 60_000, random: 0.5, expected: 3_000 },
  { conflicts: 9, remaining: 60_000, random: 0.999, expected: 9_995 },
  { conflicts: 9, remaining: 19.2, random: 0.5, expected: 20 },
  { conflicts: 0, remaining: 0, random: 0.5, expected: undefined },
  { conflicts: 9, remaining: 60_000, random: 0.5, retryAfter: 7, expected: 7_000 },
  { conflicts: 0, remaining: 7_000, random: 0.5, retryAfter: 7, expected: 7_000 },
  { conflicts: 0, remaining: 6_999, random: 0.5, retryAfter: 7, expected: undefined },
])("the wait for data after $conflicts conflicts, with $remaining ms left, is $expected ms", (row) => {
  expect(readyDelay(row.conflicts, row.remaining, row.retryAfter, () => row.random)).toBe(row.expected);
});

const now = Date.UTC(1994, 10, 6, 8, 49, 30);

/** The seconds that these headers ask for, at 1994-11-06T08:49:30Z. */
function secondsOf(retryAfter: string, date?: string): number | undefined {
  vi.useFakeTimers({ now, toFake: ["Date"] });
  return retryAfterOf(new Headers({ "Retry-After": retryAfter, ...(date !== undefined && { Date: date }) }));
}

test.each([
  ["0", 0],
  ["007", 7],
  [" 5 ", 5],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["9".repeat(20), Number.MAX_SAFE_INTEGER],
  ["9".repeat(400), Number.MAX_SAFE_INTEGER],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 7],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 7],
  ["Sun Nov  6 08:49:37 1994", 7],
  ["Wed Nov 16 08:49:30 1994", 864_000],
  ["Sun, 06 Nov 1994 08:49:30 GMT", 0],
  ["Friday, 05-Nov-93 08:49:37 GMT", 0],
])("Retry-After: %s asks for %d s", (value, seconds) => {
  vi.stubEnv("TZ", "America/New_York");
  expect(new Date(now).getHours()).toBe(3);
  expect(secondsOf(value)).toBe(seconds);
});

test("Retry-After as a date is measured from the Date of the response, and a part of a second is a whole one", () => {
  expect(secondsOf("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:17 GMT")).toBe(20);
  vi.setSystemTime(now + 1);
  expect(retryAfterOf(new Headers({ "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" }))).toBe(7);
});

test.each(
  [
    ["", " ", "-1", "+1", "1.5", "1e3", "0x10", "1, 2", "1 s", "soon", "Infinity", "NaN", "²"],
    ["1994-11-06T08:49:37Z", "Nov 6, 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100"],
    ["Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT"],
    ["Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT; Sun, 06 Nov 1994 08:49:37 GMT"],
  ].flat(),
)("Retry-After: %j is malformed", (value) => expect(secondsOf(value)).toBeUndefined());
