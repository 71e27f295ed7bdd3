import { inspect } from "node:util";
import { createRolloutClient, type FetchFunction, RolloutConfigError, type TokenSource } from "rollout-client";
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

describe("a token that is not one line of ASCII is refused:", () => {
  test.each(notTokens)("%s from a function, before anything is sent", async (_case, value, message) => {
    // @ts-expect-error a token source that does not compile, as JavaScript may pass it
    const { sent, api, credentials } = clientOf(async () => value);
    const ofCreate = await rejection(credentials.create(input), RolloutConfigError);
    const ofPost = await rejection(api.POST("/credentials", { body: input }), RolloutConfigError);
    expect(ofCreate).toMatchObject({
      code: "invalid_config",
      option: "token",
      message: expect.stringMatching(message),
    });
    expect(ofPost.message).toBe(ofCreate.message);
    expect(inspect(ofCreate)).not.toContain("value_of");
    expect(sent).toEqual([]);
  });

  // A function is not here: it is a source of tokens.
  test.each(notTokens)("%s as the token itself, at construction", async (_case, value, message) => {
    // @ts-expect-error a token that does not compile, as JavaScript may pass it
    const create = (): unknown => createRolloutClient({ token: value });
    const failure = await rejection(create, RolloutConfigError);
    expect(failure).toMatchObject({ option: "token", message: expect.stringMatching(message) });
    expect(inspect(failure)).not.toContain("value_of");
  });
});

test("a Promise as the token is refused: it has to be awaited", () => {
  // @ts-expect-error a token that does not compile, as JavaScript may pass it
  expect(() => createRolloutClient({ token: Promise.resolve("made-up") })).toThrow(/got a Promise: await it$/);
});

describe("a token function that fails", () => {
  test.each<[string, TokenSource]>([
    [
      "by throwing",
      () => {
        throw new Error("the vault is closed");
      },
    ],
    ["by rejecting", () => Promise.reject(new Error("the vault is closed"))],
  ])("%s is a RolloutConfigError with its cause, and nothing is sent", async (_case, token) => {
    const { sent, credentials } = clientOf(token);
    const failure = await rejection(credentials.create(input), RolloutConfigError);
    expect(failure).toMatchObject({ option: "token", message: "token could not be fetched: its function failed" });
    expect(failure.cause).toMatchObject({ message: "the vault is closed" });
    expect(sent).toEqual([]);
  });

  test("with a RolloutConfigError rejects with that very error", async () => {
    const failure = new RolloutConfigError("clientSecret", "is not in the vault");
    const { credentials } = createRolloutClient({ token: () => Promise.reject(failure) });
    await expect(credentials.create(input)).rejects.toBe(failure);
  });
});
