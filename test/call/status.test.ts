import { createRolloutClient, RolloutApiError, RolloutCallError, RolloutResponseError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";
import { callThings } from "../support/things.ts";

/** Starts a server that responds with the status it is asked for. Returns a create that asks. */
async function startStatusServer(): Promise<(status: number) => Promise<unknown>> {
  const server = await startHttpServer(({ headers }) => json({ errors: [] }, Number(headers["x-status"])));
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url, retry: false });
  return (status) =>
    credentials.create({ appKey: "gmail", userInputs: {} }, { headers: { "X-Status": String(status) } });
}

function statuses(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const CODES: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "bad_request",
  429: "rate_limited",
};

const WARNING = "The request may have taken effect: check before you try again.";

describe.each([
  // Node's fetch does not show a 407: what asks for authentication is the proxy, not the API.
  {
    name: "4xx",
    range: statuses(400, 499).filter((status) => status !== 407),
    code: "unexpected_status",
    acted: false,
  },
  { name: "5xx", range: statuses(500, 599), code: "server_error", acted: true },
  { name: "status that HTTP does not have", range: [600, 799, 999], code: "unexpected_status", acted: true },
])("each $name", ({ range, code, acted }) => {
  test(`is a RolloutApiError, ${code} if it has no code of its own; mayHaveSucceeded is ${acted}`, async () => {
    const createWith = await startStatusServer();
    for (const status of range) {
      const error = await rejection(createWith(status), RolloutApiError);
      expect(error).toMatchObject({ status, code: CODES[status] ?? code, mayHaveSucceeded: acted });
      expect(error.message).toContain(`responded with ${status}.`);
      expect(error.message.includes(WARNING)).toBe(acted);
    }
  });
});

test.each([200, 201, 202, 204, 205, 299])("a %i without a credential is invalid_response", async (status) => {
  const createWith = await startStatusServer();
  const error = await rejection(createWith(status), RolloutResponseError);
  expect(error).toMatchObject({ status, code: "invalid_response", mayHaveSucceeded: true });
});

test.each(["GET", "HEAD"] as const)(
  "the message of a failed %s, which changes nothing, has no warning",
  async (method) => {
    const server = await startHttpServer(() => json({}, 500));
    const call = callThings({ token: "made-up", baseUrl: server.url, retry: false }, method);
    const message = `${method} /things responded with 500. The server failed.`;
    expect(await rejection(call, RolloutApiError)).toMatchObject({ mayHaveSucceeded: true, message });
  },
);

test.each([
  [401, "Check the Client ID and Client Secret that sign the token, and this machine's clock."],
  [403, "These credentials may not do this."],
  [404, "Check the ids in the request, and the base URL."],
  [409, "The data of a new credential may not be ready yet: allow 30 to 60 seconds."],
  [422, "Correct the request before you try again."],
  [429, "Send fewer requests at a time, or allow more retries."],
])("the message of a %i says what to do", async (status, advice) => {
  const createWith = await startStatusServer();
  const failure = await rejection(createWith(status), RolloutCallError);
  expect(failure.message).toBe(`POST /credentials responded with ${status}. ${advice}`);
});
