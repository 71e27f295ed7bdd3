import { inspect } from "node:util";
import { createRolloutClient, RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };

test.each<[string, unknown]>([
  ["an object", { token: "value_of_a_secret" }],
  ["a token with its scheme", "Bearer value_of_a_secret"],
  ["two lines", "value_of\na_secret"],
  ["a line and its end", "value_of_a_secret\n"],
  ["a space around it", " value_of_a_secret"],
  ["letters beyond ASCII", "value_of_a_s\u00e9cret"],
])("%s is refused as a token, at construction or before anything is sent", async (_case, value) => {
  const fetch = vi.fn();
  // @ts-expect-error a token source that does not compile, as JavaScript may pass it
  const { api, credentials } = createRolloutClient({ token: async () => value, fetch });
  const failures = [
    // @ts-expect-error a token that does not compile, as JavaScript may pass it
    await rejection(() => createRolloutClient({ token: value, fetch }), RolloutConfigError),
    await rejection(credentials.create(input), RolloutConfigError),
    await rejection(api.POST("/credentials", { body: input }), RolloutConfigError),
  ];
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: "invalid_config", option: "token", mayHaveSucceeded: false });
  }
  expect(inspect(failures)).not.toContain("value_of");
  expect(fetch).not.toHaveBeenCalled();
});
