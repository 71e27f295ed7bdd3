import { type FetchFunction, RolloutApiError, RolloutNetworkError } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { closedPort } from "../support/servers.ts";
import { callThings } from "../support/things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The message of the error for a GET whose `fetch` throws this. */
async function messageFor(thrown: unknown, isOption = true): Promise<string> {
  const fetch: FetchFunction = () => Promise.reject(thrown);
  if (!isOption) vi.stubGlobal("fetch", fetch);
  const options = { token: "made-up", retry: false, ...(isOption ? { fetch } : {}) } as const;
  return (await rejection(callThings(options, "GET"), RolloutNetworkError)).message;
}

describe("the message of a network error", () => {
  test("names the code of a refused connection, as JSON does", async () => {
    const options = { token: "made-up", retry: false, baseUrl: `http://127.0.0.1:${await closedPort()}` } as const;
    const failure = await rejection(callThings(options, "GET"), RolloutNetworkError);
    expect(failure.message).toBe("GET /things could not connect: nothing was sent (ECONNREFUSED).");
    expect(JSON.stringify(failure.toJSON())).toContain('"code":"ECONNREFUSED"');
  });

  test("names the code of a lost connection", async () => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    expect(await messageFor(new TypeError("fetch failed", { cause }))).toContain("complete (ECONNRESET).");
  });

  test.each<[string, unknown]>([
    ["a mistake", new ReferenceError("agent is not defined")],
    ["an error without a code", new Error("no session")],
    ["what is not an error", "no session"],
  ])("blames the fetch option where that throws %s", async (_case, thrown) => {
    expect(await messageFor(thrown)).toBe("GET /things failed: the `fetch` option threw an error.");
    expect(await messageFor(thrown, false)).toContain("lost its connection");
  });

  test("names CORS as a possible cause in a page, where browsers give no reason", async () => {
    const thrown = new TypeError("Failed to fetch");
    expect(await messageFor(thrown)).not.toContain("CORS");
    vi.stubGlobal("window", {});
    vi.stubGlobal("document", {});
    for (const isOption of [true, false]) {
      expect(await messageFor(thrown, isOption)).toMatch(/ CORS may be the cause: browsers do not say\.$/);
    }
    expect(await messageFor(new TypeError("fetch failed", { cause: new Error("reset") }))).not.toContain("CORS");
    expect(await messageFor(new Error("not by a browser"))).not.toContain("CORS");
  });
});

describe("the message of a 401", () => {
  const noon = Date.UTC(2026, 10, 24, 12);

  test.each([
    [-7200, true],
    [-61, true],
    [-60, false],
    [0, false],
    [60, false],
    [61, true],
  ])("tells of a clock that is %d s off the server's: %s", async (seconds, told) => {
    vi.useFakeTimers({ toFake: ["Date"], now: noon });
    const headers = { Date: new Date(noon + seconds * 1000).toUTCString() };
    const options = { token: "made-up", fetch: async () => Response.json({}, { status: 401, headers }) };
    const { message } = await rejection(callThings(options, "GET"), RolloutApiError);
    if (told) expect(message).toContain(`this machine's clock. It is ${Math.abs(seconds)} s off.`);
    else expect(message).not.toContain(" off.");
  });
});
