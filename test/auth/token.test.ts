import { inspect } from "node:util";
import { createRolloutClient, type FetchFunction, RolloutConfigError, type TokenSource } from "rollout-client";
import { expect, test, vi } from "vitest";
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

test("the token function is asked for each request", async () => {
  const source = vi.fn<(request: { refresh: boolean }) => string>().mockReturnValueOnce("one").mockReturnValue("two");
  const { sent, credentials } = clientOf(source);
  for (const appKey of ["gmail", "lofty"]) await credentials.create({ ...input, appKey });
  expect(sent).toEqual(["Bearer one", "Bearer two"]);
  expect(source.mock.calls).toEqual([[{ refresh: false }], [{ refresh: false }]]);
});

test.each<[string, unknown]>([
  ["an object", { token: "value_of_a_secret" }],
  ["a token with its scheme", "Bearer value_of_a_secret"],
  ["two lines", "value_of\na_secret"],
  ["a line and its end", "value_of_a_secret\n"],
  ["a space around it", " value_of_a_secret"],
  ["letters beyond ASCII", "value_of_a_s\u00e9cret"],
])("%s is refused as a token, at construction or before anything is sent", async (_case, value) => {
  // @ts-expect-error a token source that does not compile, as JavaScript may pass it
  const { sent, api, credentials } = clientOf(async () => value);
  const failures = [
    // @ts-expect-error a token that does not compile, as JavaScript may pass it
    await rejection(() => clientOf(value), RolloutConfigError),
    await rejection(credentials.create(input), RolloutConfigError),
    await rejection(api.POST("/credentials", { body: input }), RolloutConfigError),
  ];
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: "invalid_config", option: "token", mayHaveSucceeded: false });
  }
  expect(inspect(failures)).not.toContain("value_of");
  expect(sent).toEqual([]);
});
