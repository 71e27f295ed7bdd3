import { cachedToken } from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";

const noon = Date.UTC(2026, 10, 24, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: noon });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function secondsLater(seconds: number): void {
  vi.setSystemTime(noon + seconds * 1000);
}

/** A token with this payload, whose signature nobody checks. */
function tokenOf(payload: object): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.signature`;
}

/** A function that returns another token each time: valid for so many seconds, by a clock that is so many seconds ahead. */
function countingFetch(seconds = 900, ahead = 0) {
  let count = 0;
  return vi.fn(async () => {
    count += 1;
    const iat = Date.now() / 1000 + ahead;
    return tokenOf({ sub: "\u00fc???>>>", count, iat, exp: iat + seconds });
  });
}

test("cachedToken makes one token for twenty calls at the same time, and for those that follow", async () => {
  const fetchToken = countingFetch();
  const token = cachedToken(fetchToken);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => token()));
  expect(new Set([...tokens, await token({ refresh: false })]).size).toBe(1);
  expect(fetchToken).toHaveBeenCalledTimes(1);
});

test("cachedToken does not keep a failure", async () => {
  const failure = new Error("signed out");
  const token = cachedToken(countingFetch().mockRejectedValueOnce(failure));
  await expect(token()).rejects.toBe(failure);
  expect(await token()).toMatch(/^e30\./);
});

test.each(["opaque", "a.b", "a.%.c", tokenOf({ sub: "no exp" }), tokenOf({ exp: "soon" })])(
  "cachedToken keeps a token that does not show its expiry: %s",
  async (opaque) => {
    const fetchToken = vi.fn(() => opaque);
    const token = cachedToken(fetchToken);
    await token();
    secondsLater(86_400);
    expect(await token()).toBe(opaque);
    expect(fetchToken).toHaveBeenCalledTimes(1);
  },
);

test("cachedToken does not keep what is no token", async () => {
  const token = cachedToken(countingFetch().mockImplementationOnce(() => Promise.resolve(JSON.parse("null"))));
  expect(await token()).toBeNull();
  expect(await token()).toMatch(/^e30\./);
});

test.each([
  { ahead: 0, seconds: 900, reused: 840 },
  { ahead: 3_600, seconds: 900, reused: 840 },
  { ahead: -3_600, seconds: 900, reused: 840 },
  { ahead: 0, seconds: 120, reused: 60 },
  { ahead: 0, seconds: 60, reused: 30 },
  { ahead: 0, seconds: 2, reused: 1 },
])("cachedToken uses each token, valid for $seconds s by a clock $ahead s ahead, for $reused s", async (row) => {
  const fetchToken = countingFetch(row.seconds, row.ahead);
  const token = cachedToken(fetchToken);
  const first = await token();
  vi.setSystemTime(noon + row.reused * 1000 - 1);
  expect(await token()).toBe(first);
  secondsLater(row.reused);
  const second = await token();
  expect(second).not.toBe(first);
  vi.setSystemTime(noon + 2 * row.reused * 1000 - 1);
  expect(await token()).toBe(second);
  expect(fetchToken).toHaveBeenCalledTimes(2);
});

test("cachedToken does not keep a token without iat that has just expired", async () => {
  const fetchToken = vi.fn(() => tokenOf({ exp: noon / 1000 }));
  const token = cachedToken(fetchToken);
  for (let call = 0; call < 3; call += 1) await token();
  expect(fetchToken).toHaveBeenCalledTimes(3);
});

test("calls of cachedToken that begin during a refresh wait for it", async () => {
  const refreshed = deferred<string>();
  const fetchToken = vi.fn(() => refreshed.promise).mockResolvedValueOnce("old");
  const source = cachedToken(fetchToken);
  await source();
  const calls = [source({ refresh: true }), source(), source({ refresh: false })];
  refreshed.resolve("new");
  expect(await Promise.all(calls)).toEqual(["new", "new", "new"]);
  expect(fetchToken).toHaveBeenCalledTimes(2);
});

test("calls of cachedToken do not wait longer than 3 s for a fetch of another call", async () => {
  const hanging = deferred<string>();
  const fetchToken = vi.fn(() => new Promise<string>((resolve) => setTimeout(resolve, 10, "fresh")));
  fetchToken.mockReturnValueOnce(hanging.promise);
  const token = cachedToken(fetchToken);
  const first = token();
  const waiting = [token(), token(), token()];
  await vi.advanceTimersByTimeAsync(2_999);
  waiting.push(token());
  expect(fetchToken).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(11);
  expect(fetchToken).toHaveBeenCalledTimes(2);
  expect(await Promise.all(waiting)).toEqual(["fresh", "fresh", "fresh", "fresh"]);
  expect(await token()).toBe("fresh");
  hanging.resolve("late");
  expect(await first).toBe("late");
  expect(vi.getTimerCount()).toBe(0);
});

test("calls of cachedToken do not wait longer if the clock is put back", async () => {
  const fetchToken = vi.fn(async () => "fresh").mockReturnValueOnce(new Promise(() => {}));
  const token = cachedToken(fetchToken);
  void token();
  secondsLater(-3_600);
  const waiting = token();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(fetchToken).toHaveBeenCalledTimes(2);
  expect(await waiting).toBe("fresh");
});

test("a fetch of cachedToken that ends late leaves the one that replaced it to be shared", async () => {
  const late = deferred<string>();
  const next = deferred<string>();
  const fetchToken = vi.fn(() => next.promise).mockReturnValueOnce(late.promise);
  const token = cachedToken(fetchToken);
  const calls = [token(), token()];
  await vi.advanceTimersByTimeAsync(3_000);
  late.resolve("late");
  expect(await calls[0]).toBe("late");
  calls.push(token({ refresh: true }));
  next.resolve("next");
  expect(await Promise.all(calls)).toEqual(["late", "next", "next"]);
  expect(fetchToken).toHaveBeenCalledTimes(2);
});
