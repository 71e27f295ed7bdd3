import { describe, expect, test } from "vitest";
import type { RateLimiter } from "../../src/call/rate-limiter.ts";
import { addRefusal, isRefusal, mayRetryRefusal, NO_REFUSALS, refusalDelay } from "../../src/call/refusal.ts";

const acquire = () => Promise.resolve();
const limiterWith = (members: Partial<RateLimiter>): RateLimiter => ({ acquire, ...members });

test.each([
  [429, undefined, true],
  [429, 0, true],
  [503, 0, true],
  [503, undefined, false],
  [500, 1, false],
  [200, undefined, false],
])("status %s with Retry-After %s is a refusal: %s", (status, retryAfter, expected) => {
  expect(isRefusal(status, retryAfter)).toBe(expected);
});

/** Refuses a call once for each of these counts of the limiter's successes. */
function refusalsAt(...successes: (number | undefined)[]) {
  return successes.reduce(
    (refusals, count) => addRefusal(refusals, count === undefined ? undefined : limiterWith({ successes: count })),
    NO_REFUSALS,
  );
}

test.each([
  { name: "without a limiter each counts", refusals: refusalsAt(undefined, undefined, undefined), expected: [3, 3] },
  { name: "without progress each counts", refusals: refusalsAt(7, 7, 7), expected: [3, 3] },
  { name: "with progress between, only the last counts", refusals: refusalsAt(7, 8, 9), expected: [3, 1] },
  { name: "successes before the first do not count", refusals: refusalsAt(7), expected: [1, 1] },
  { name: "what follows progress adds up again", refusals: refusalsAt(1, 5, 5, 5), expected: [4, 3] },
])("of a call's refusals, those in a row without progress are counted: $name", ({ refusals, expected }) => {
  expect([refusals.total, refusals.withoutProgress]).toEqual(expected);
});

describe("a refused call may be tried again", () => {
  const refusals = (total: number, withoutProgress: number) => ({ total, withoutProgress, successesSeen: 0 });

  test.each([
    { name: "within the limit", met: refusals(2, 2), retries: 0, inARow: 0, expected: true },
    { name: "not beyond the limit", met: refusals(3, 3), retries: 0, inARow: 0, expected: false },
    { name: "not beyond the limit with other failures", met: refusals(2, 2), retries: 1, inARow: 0, expected: false },
    { name: "often while the limiter makes progress", met: refusals(19, 1), retries: 0, inARow: 0, expected: true },
    { name: "not after twenty of its own", met: refusals(20, 1), retries: 0, inARow: 0, expected: false },
    { name: "not after twenty of its limiter in a row", met: refusals(1, 1), retries: 0, inARow: 20, expected: false },
    { name: "after nineteen of its limiter in a row", met: refusals(1, 1), retries: 0, inARow: 19, expected: true },
  ])("$name", ({ met, retries, inARow, expected }) => {
    expect(mayRetryRefusal(met, limiterWith({ refusalsInARow: inARow }), retries, 2)).toBe(expected);
    if (inARow === 0) expect(mayRetryRefusal(met, undefined, retries, 2)).toBe(expected);
  });
});

describe("the wait of a refused call", () => {
  const first = refusalsAt(undefined);
  const third = refusalsAt(undefined, undefined, undefined);

  test.each([
    { name: "never shorter than Retry-After", retryAfter: 4, met: first, random: 0, expected: 4_000 },
    { name: "up to a quarter longer", retryAfter: 4, met: first, random: 0.999, expected: 4_999 },
    { name: "exactly maxDelay is allowed", retryAfter: 60, met: first, random: 0, expected: 60_000 },
    { name: "none beyond maxDelay", retryAfter: 61, met: first, random: 0, expected: undefined },
    { name: "up to 500 ms without Retry-After", retryAfter: undefined, met: first, random: 0.999, expected: 499 },
    { name: "then up to 2 s", retryAfter: undefined, met: third, random: 0.999, expected: 1_998 },
  ])("$name", ({ retryAfter, met, random, expected }) => {
    for (const limiter of [undefined, limiterWith({})]) {
      expect(refusalDelay(retryAfter, met, limiter, 60_000, () => random)).toBe(expected);
    }
  });

  test("a limiter that is given refusals does the waiting, but not beyond maxDelay", () => {
    const limiter = limiterWith({ refused: () => {} });
    expect(refusalDelay(4, first, limiter, 60_000)).toBe(0);
    expect(refusalDelay(undefined, third, limiter, 60_000)).toBe(0);
    expect(refusalDelay(61, first, limiter, 60_000)).toBeUndefined();
  });
});
