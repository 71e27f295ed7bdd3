import { cachedToken, createRolloutClient, createTokenSigner, RolloutConfigError } from "rollout-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { deferred } from "../support/deferred.ts";

const noon = Date.UTC(2026, 10, 24, 12);
const signer = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
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

/** A function that returns another token each time, valid for 15 minutes. */
function countingFetch() {
  let count = 0;
  return vi.fn(async () => {
    count += 1;
    return tokenOf({ sub: "\u00fc???>>>", count, exp: Date.now() / 1000 + 900 });
  });
}

/** Each kind of cache, with a spy on what makes its tokens. */
const caches = [
  [
    "cachedToken",
    () => {
      const made = countingFetch();
      return { token: cachedToken(made), made };
    },
  ],
  ["signer.forUser", () => ({ token: signer.forUser("user_123"), made: vi.spyOn(crypto.subtle, "sign") })],
] as const;

describe.each(caches)("%s", (_name, start) => {
  test("makes one token for twenty calls at the same time, and for those that follow", async () => {
    const { token, made } = start();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => token()));
    expect(new Set([...tokens, await token({ refresh: false })]).size).toBe(1);
    expect(made).toHaveBeenCalledTimes(1);
  });

  test("makes a new token 60 s before a token expires, and keeps that as long", async () => {
    const { token } = start();
    const first = await token();
    secondsLater(839);
    expect(await token()).toBe(first);
    secondsLater(840);
    const second = await token();
    expect(second).not.toBe(first);
    secondsLater(840 + 839);
    expect(await token()).toBe(second);
  });

  test("makes one new token for all who ask to refresh at the same time, and keeps it", async () => {
    const { token, made } = start();
    const first = await token();
    secondsLater(1);
    const refreshed = await Promise.all(Array.from({ length: 20 }, () => token({ refresh: true })));
    expect(new Set(refreshed).size).toBe(1);
    expect(refreshed[0]).not.toBe(first);
    expect(await token()).toBe(refreshed[0]);
    expect(made).toHaveBeenCalledTimes(2);
  });

  test("does not keep a failure", async () => {
    const { token, made } = start();
    made.mockRejectedValueOnce(new Error("signed out"));
    await expect(token()).rejects.toThrow("signed out");
    expect(await token()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

describe("cachedToken", () => {
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

  test("does not keep what is no token", async () => {
    const fetchToken = countingFetch().mockImplementationOnce(() => Promise.resolve(JSON.parse("null")));
    const token = cachedToken(fetchToken);
    expect(await token()).toBeNull();
    expect(await token()).toMatch(/^e30\./);
  });

  test.each([
    { case: "900 s, by a clock that is right", ahead: 0, seconds: 900, reused: 840 },
    { case: "900 s, by a clock an hour ahead", ahead: 3_600, seconds: 900, reused: 840 },
    { case: "900 s, by a clock an hour behind", ahead: -3_600, seconds: 900, reused: 840 },
    { case: "120 s", ahead: 0, seconds: 120, reused: 60 },
    { case: "60 s", ahead: 0, seconds: 60, reused: 30 },
    { case: "2 s", ahead: 0, seconds: 2, reused: 1 },
  ])("uses a token of $case for $reused s from its arrival", async ({ ahead, seconds, reused }) => {
    let count = 0;
    const token = cachedToken(() => {
      count += 1;
      const iat = Date.now() / 1000 - ahead;
      return tokenOf({ count, iat, exp: iat + seconds });
    });
    const first = await token();
    vi.setSystemTime(noon + reused * 1000 - 1);
    expect(await token()).toBe(first);
    secondsLater(reused);
    expect(await token()).not.toBe(first);
    expect(count).toBe(2);
  });

  test.each([0, -60])("does not keep a token without iat that expires in %i s", async (seconds) => {
    const fetchToken = vi.fn(() => tokenOf({ exp: noon / 1000 + seconds }));
    const token = cachedToken(fetchToken);
    for (let call = 0; call < 3; call += 1) await token();
    expect(fetchToken).toHaveBeenCalledTimes(3);
  });

  test("lets calls that begin during a refresh wait for it", async () => {
    const refreshed = deferred<string>();
    const fetchToken = vi.fn(() => refreshed.promise).mockResolvedValueOnce("old");
    const source = cachedToken(fetchToken);
    await source();
    const calls = [source({ refresh: true }), source(), source({ refresh: false })];
    refreshed.resolve("new");
    expect(await Promise.all(calls)).toEqual(["new", "new", "new"]);
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  test("does not let calls wait longer than 3 s for a fetch of another call", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: noon });
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
    expect(await Promise.all(waiting)).toEqual(["fresh", "fresh", "fresh", "fresh"]);
    expect(await token()).toBe("fresh");
    expect(fetchToken).toHaveBeenCalledTimes(2);
    hanging.resolve("late");
    expect(await first).toBe("late");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("fetches a new token when the server rejects the old one", async () => {
    const fetchToken = vi.fn(async () => "new").mockResolvedValueOnce("old");
    const sent: (string | null)[] = [];
    const fetch = async (_url: string, { headers }: { headers: Headers }) => {
      const authorization = headers.get("authorization");
      sent.push(authorization);
      return Response.json({ id: "cred_1" }, { status: authorization === "Bearer new" ? 200 : 401 });
    };
    const { credentials } = createRolloutClient({ token: cachedToken(fetchToken), fetch });
    for (const appKey of ["gmail", "lofty"]) await credentials.create({ appKey, userInputs: {} });
    expect(sent).toEqual(["Bearer old", "Bearer new", "Bearer new"]);
  });

  test("refuses what is not a function", () => {
    // @ts-expect-error an argument that does not compile, as JavaScript may pass it
    expect(() => cachedToken("a token")).toThrow(RolloutConfigError);
  });
});

describe("a token signer", () => {
  test("forUser uses a token that is valid for 60 s for 30 s", async () => {
    const options = { clientId: "client", clientSecret: "made-up secret", expiresIn: 60 };
    const token = createTokenSigner(options).forUser("user");
    const first = await token();
    secondsLater(29);
    expect(await token()).toBe(first);
    secondsLater(30);
    expect(await token()).not.toBe(first);
  });

  test("sign makes a token each time", async () => {
    const first = await signer.sign("user_123");
    secondsLater(1);
    expect(await signer.sign("user_123")).not.toBe(first);
  });
});
