import { cachedToken, createRolloutClient, RolloutConfigError } from "rollout-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";
import { json, startHttpServer } from "../support/http-server.ts";

const noon = Date.UTC(2026, 10, 24, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
});
afterEach(() => {
  vi.useRealTimers();
});

function secondsLater(seconds: number): void {
  vi.setSystemTime(noon + seconds * 1000);
}

/** A token with this payload, whose signature nobody checks. */
function tokenOf(payload: object): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.signature`;
}

/** A function that returns other tokens each time, valid for 15 minutes. */
function countingFetch() {
  let count = 0;
  return vi.fn(async () => {
    count += 1;
    return tokenOf({ sub: "\u00fc?>~", count, exp: Date.now() / 1000 + 900 });
  });
}

describe("cachedToken", () => {
  test("fetches one token for twenty calls at the same time, and for those that follow", async () => {
    const fetchToken = countingFetch();
    const token = cachedToken(fetchToken);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token()));
    expect(new Set([...tokens, await token({ refresh: false })]).size).toBe(1);
    expect(fetchToken).toHaveBeenCalledTimes(1);
  });

  test("fetches a new token 60 s before the token expires", async () => {
    const token = cachedToken(countingFetch());
    const first = await token();
    secondsLater(839);
    expect(await token()).toBe(first);
    secondsLater(840);
    expect(await token()).not.toBe(first);
  });

  test("fetches one new token for all who ask to refresh at the same time, and keeps it", async () => {
    const fetchToken = countingFetch();
    const token = cachedToken(fetchToken);
    const first = await token();
    const refreshed = await Promise.all(Array.from({ length: 20 }, () => token({ refresh: true })));
    expect(new Set(refreshed).size).toBe(1);
    expect(refreshed[0]).not.toBe(first);
    expect(await token()).toBe(refreshed[0]);
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  test.each(["opaque", "a.b", "a.%.c", tokenOf({ sub: "no exp" }), tokenOf({ exp: "soon" })])(
    "keeps a token that does not show its expiry: %s",
    async (opaque) => {
      const fetchToken = vi.fn(() => opaque);
      const token = cachedToken(fetchToken);
      await token();
      secondsLater(86_400);
      expect(await token()).toBe(opaque);
      expect(fetchToken).toHaveBeenCalledTimes(1);
    },
  );

  test("does not keep a failure, nor what is no token", async () => {
    const fetchToken = vi.fn(countingFetch()).mockRejectedValueOnce(new Error("signed out"));
    fetchToken.mockImplementationOnce(() => Promise.resolve(JSON.parse("null")));
    const token = cachedToken(fetchToken);
    await expect(token()).rejects.toThrow("signed out");
    expect(await token()).toBeNull();
    expect(await token()).toMatch(/^e30\./);
  });

  test("does not let later calls wait for a fetch that hangs", async () => {
    const hanging = deferred<string>();
    const fetchToken = vi.fn(async () => "fresh").mockReturnValueOnce(hanging.promise);
    const token = cachedToken(fetchToken);
    const first = token();
    secondsLater(30);
    expect(await token()).toBe("fresh");
    hanging.resolve("late");
    expect(await first).toBe("late");
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  test("is asked for a new token when the server rejects the old one", async () => {
    const server = await startHttpServer(({ headers }) =>
      headers.authorization === "Bearer new" ? json({ id: "cred_1" }) : json({}, 401),
    );
    const fetchToken = vi.fn(async () => "new").mockResolvedValueOnce("old");
    const { credentials } = createRolloutClient({ token: cachedToken(fetchToken), baseUrl: server.url });
    await credentials.create({ appKey: "gmail", userInputs: {} });
    await credentials.create({ appKey: "gmail", userInputs: {} });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer old",
      "Bearer new",
      "Bearer new",
    ]);
  });

  test("refuses what is not a function", () => {
    // @ts-expect-error an argument that does not compile, as JavaScript may pass it
    expect(() => cachedToken("a token")).toThrow(RolloutConfigError);
  });
});
