import { createRolloutClient, RolloutApiError, RolloutCallError, RolloutResponseError } from "rollout-client";
import { expect, test } from "vitest";
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

// Node's fetch does not show a 407: what asks for authentication is the proxy, not the API.
const HIDDEN = 407;

const CODES = new Map([
  [400, "bad_request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [422, "bad_request"],
  [429, "rate_limited"],
]);

test("each 4xx has its code or is unexpected_status, and the server has not acted", async () => {
  const createWith = await startStatusServer();
  for (const status of statuses(400, 499).filter((status) => status !== HIDDEN)) {
    const failure = await rejection(createWith(status), RolloutApiError);
    expect(failure).toMatchObject({
      status,
      code: CODES.get(status) ?? "unexpected_status",
      mayHaveSucceeded: false,
      message: expect.stringContaining(`responded with ${status}.`),
    });
  }
});

test("each 5xx is a server_error, and the server may have acted", async () => {
  const createWith = await startStatusServer();
  for (const status of statuses(500, 599)) {
    const failure = await rejection(createWith(status), RolloutApiError);
    expect(failure).toMatchObject({
      status,
      code: "server_error",
      mayHaveSucceeded: true,
      message: expect.stringContaining("The request may have taken effect"),
    });
  }
});

test.each(["GET", "HEAD"] as const)(
  "the message of a failed %s, which changes nothing, has no warning",
  async (method) => {
    const server = await startHttpServer(() => json({}, 500));
    const call = callThings({ token: "made-up", baseUrl: server.url, retry: false }, method);
    expect(await rejection(call, RolloutApiError)).toMatchObject({
      mayHaveSucceeded: true,
      message: `${method} /things responded with 500. The server failed.`,
    });
  },
);

test.each([600, 799, 999])("%i, which HTTP does not have, is unexpected_status", async (status) => {
  const createWith = await startStatusServer();
  const failure = await rejection(createWith(status), RolloutApiError);
  expect(failure).toMatchObject({ status, code: "unexpected_status", mayHaveSucceeded: true });
});

test("each 3xx is redirected", async () => {
  const createWith = await startStatusServer();
  for (const status of statuses(300, 399)) {
    const failure = await rejection(createWith(status), RolloutResponseError);
    expect(failure).toMatchObject({ status, code: "redirected", mayHaveSucceeded: true });
  }
});

test.each([200, 201, 202, 204, 299])("%i without a credential is invalid_response", async (status) => {
  const createWith = await startStatusServer();
  const failure = await rejection(createWith(status), RolloutResponseError);
  expect(failure).toMatchObject({ status, code: "invalid_response", mayHaveSucceeded: true });
});

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
