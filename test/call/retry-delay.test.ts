import { describe, expect, test } from "vitest";
import { isRefusal, readyDelay, retryDelay } from "../../src/call/retry.ts";
import { type AttemptFailure, mayHaveActed } from "../../src/errors/attempt-failure.ts";

const policy = { limit: 2, maxDelay: 60_000 };
const idempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
const others = ["POST", "PATCH", "TRACE"];
const almostOne = () => 1 - Number.EPSILON;

function status(code: number, retryAfter?: number): AttemptFailure {
  return { kind: "status", status: code, retryAfter };
}

function statuses(codes: readonly number[], retryAfter?: number): [string, AttemptFailure][] {
  return codes.map((code) => [`${code} with Retry-After ${retryAfter}`, status(code, retryAfter)]);
}

describe("what is retried", () => {
  test.each<[string, AttemptFailure]>([
    ...statuses([429]),
    ...statuses([429, 503], 0),
    ...statuses([429, 503], 1),
    ["a connection never made", { kind: "unsent" }],
  ])("%s: every method", (_name, failure) => {
    for (const method of [...idempotent, ...others]) {
      expect(retryDelay(method, failure, 0, policy), method).toBeTypeOf("number");
    }
  });

  test.each<[string, AttemptFailure]>([
    ...statuses([408, 500, 502, 503, 504]),
    ...statuses([408, 500, 502, 504], 1),
    ["a lost connection", { kind: "lost" }],
    ["a timeout after sending", { kind: "timeout", sent: true }],
    ["a timeout before sending", { kind: "timeout", sent: false }],
  ])("%s: idempotent methods only", (_name, failure) => {
    for (const method of idempotent) expect(retryDelay(method, failure, 0, policy), method).toBeTypeOf("number");
    for (const method of others) expect(retryDelay(method, failure, 0, policy), method).toBeUndefined();
  });

  test.each<[string, AttemptFailure]>([
    ...statuses([0, 200, 302, 400, 401, 403, 404, 405, 409, 410, 413, 422, 425, 499, 501, 505, 507, 599], 0),
    ["an unreadable success", { kind: "unreadable" }],
  ])("%s: no method", (_name, failure) => {
    for (const method of [...idempotent, ...others]) {
      expect(retryDelay(method, failure, 0, policy), method).toBeUndefined();
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
    const delays = Array.from({ length: 50 }, () => retryDelay("GET", status(500), 1, policy));
    expect(new Set(delays).size).toBeGreaterThan(10);
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

test.each<[AttemptFailure, boolean]>([
  [status(429), true],
  [status(429, 0), true],
  [status(503, 0), true],
  [status(503), false],
  [status(500, 1), false],
  [status(409, 1), false],
  [{ kind: "unsent" }, false],
  [{ kind: "lost" }, false],
  [{ kind: "timeout", sent: false }, false],
])("%o is a refusal by the server's limits: %s", (failure, expected) => {
  expect(isRefusal(failure)).toBe(expected);
});

test.each([
  { looks: 0, remaining: 60_000, random: 0, expected: 500 },
  { looks: 0, remaining: 60_000, random: 0.999, expected: 999 },
  { looks: 2, remaining: 60_000, random: 0.5, expected: 3_000 },
  { looks: 9, remaining: 60_000, random: 0.999, expected: 9_995 },
  { looks: 9, remaining: 20, random: 0.5, expected: 20 },
  { looks: 0, remaining: 0, random: 0.5, expected: undefined },
  { looks: 0, remaining: -1, random: 0.5, expected: undefined },
])("the wait for data after $looks looks, with $remaining ms left, is $expected ms", (row) => {
  expect(readyDelay(row.looks, row.remaining, () => row.random)).toBe(row.expected);
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
