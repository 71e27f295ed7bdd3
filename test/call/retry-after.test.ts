import { expect, onTestFinished, test, vi } from "vitest";
import { parseRetryAfter } from "../../src/errors/retry-after.ts";

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
])("Retry-After: %j is malformed", (value) => expect(parseRetryAfter(value, now)).toBeUndefined());

test("no Retry-After asks for nothing", () => expect(parseRetryAfter(null)).toBeUndefined());

test("Retry-After may be any number, however large", () => {
  expect(parseRetryAfter("9".repeat(20))).toBe(1e20);
  expect(parseRetryAfter("9".repeat(400))).toBe(Number.POSITIVE_INFINITY);
});

test("Retry-After without a time zone is in UTC, wherever the client runs", () => {
  vi.stubEnv("TZ", "America/New_York");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(new Date(now).getHours()).toBe(3);
  expect(parseRetryAfter("Sun Nov  6 08:49:37 1994", now)).toBe(7);
});

test("Retry-After as a date is measured from now", () => {
  vi.useFakeTimers({ now, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(7);
});
