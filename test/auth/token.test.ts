import { inspect } from "node:util";
import {
  createRolloutClient,
  type FetchFunction,
  RolloutConfigError,
  RolloutNetworkError,
  type TokenSource,
} from "rollout-client";
import { describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };

/** A client whose `fetch` records the Authorization headers. */
function clientOf(token: TokenSource) {
  const sent: (string | null)[] = [];
  const fetch: FetchFunction = async (_url, { headers }) => {
    sent.push(headers.get("authorization"));
    return Response.json({ id: "cred_1" });
  };
  return { sent, ...createRolloutClient({ token, fetch }) };
}

describe("the token is", () => {
  test.each<[string, TokenSource]>([
    ["a string", "made-up"],
    ["what a function returns", () => "made-up"],
    ["what an asynchronous function resolves to", async () => "made-up"],
  ])("%s", async (_case, token) => {
    const { sent, credentials } = clientOf(token);
    await credentials.create(input);
    expect(sent).toEqual(["Bearer made-up"]);
  });

  test("asked of its function for each request", async () => {
    const source = vi.fn<(request: { refresh: boolean }) => string>().mockReturnValueOnce("one").mockReturnValue("two");
    const { sent, credentials } = clientOf(source);
    for (const appKey of ["gmail", "lofty"]) await credentials.create({ ...input, appKey });
    expect(sent).toEqual(["Bearer one", "Bearer two"]);
    expect(source.mock.calls).toEqual([[{ refresh: false }], [{ refresh: false }]]);
  });
});

const notTokens: [string, unknown, RegExp][] = [
  ["undefined", undefined, /got undefined$/],
  ["null", null, /got null$/],
  ["a number", 42, /got a value of type number$/],
  ["an object", { token: "value_of_a_secret" }, /got a value of type object$/],
  ["a token with its scheme", "Bearer value_of_a_secret", /got one with Bearer: leave that out$/],
  ["a signer", { forUser() {}, sign() {} }, /got a signer: use signer.forUser\(userId\)$/],
  ["an empty string", "", /got an empty string$/],
  ["two lines", "value_of\na_secret", /got other characters$/],
  ["a line and its end", "value_of_a_secret\n", /got other characters$/],
  ["a space around it", " value_of_a_secret", /got other characters$/],
  ["letters beyond ASCII", "value_of_a_s\u00e9cret", /got other characters$/],
];

test.each(notTokens)(
  "%s is refused as a token, at construction or before anything is sent",
  async (_case, value, message) => {
    const expected = { code: "invalid_config", option: "token", message: expect.stringMatching(message) };
    // @ts-expect-error a token source that does not compile, as JavaScript may pass it
    const { sent, api, credentials } = clientOf(async () => value);
    const failures = [
      // @ts-expect-error a token that does not compile, as JavaScript may pass it
      await rejection(() => clientOf(value), RolloutConfigError),
      await rejection(credentials.create(input), RolloutConfigError),
      await rejection(api.POST("/credentials", { body: input }), RolloutConfigError),
    ];
    for (const failure of failures) expect(failure).toMatchObject(expected);
    expect(inspect(failures)).not.toContain("value_of");
    expect(sent).toEqual([]);
  },
);

test("a Promise as the token is refused: it has to be awaited", () => {
  // @ts-expect-error a token that does not compile, as JavaScript may pass it
  expect(() => createRolloutClient({ token: Promise.resolve("made-up") })).toThrow(/got a Promise: await it$/);
});

const call = { method: "GET", path: "/token", attempts: 1, mayHaveSucceeded: true };

test.each<[string, Error]>([
  ["error", new Error("the vault is closed")],
  ["error of another call", new RolloutNetworkError("timeout", "GET /token took too long", call)],
])("an %s of a token function is the cause of a RolloutConfigError, and nothing is sent", async (_case, thrown) => {
  const throwing = () => {
    throw thrown;
  };
  for (const token of [throwing, async () => throwing()]) {
    const { sent, credentials } = clientOf(token);
    const failure = await rejection(credentials.create(input), RolloutConfigError);
    expect(failure).toMatchObject({ option: "token", message: "token could not be fetched: its function failed" });
    expect(failure).toMatchObject({ mayHaveSucceeded: false, cause: { message: thrown.message } });
    expect(sent).toEqual([]);
  }
});

test("a RolloutConfigError of a token function is what the call rejects with", async () => {
  const failure = new RolloutConfigError("clientSecret", "is not in the vault");
  await expect(clientOf(() => Promise.reject(failure)).credentials.create(input)).rejects.toBe(failure);
});
