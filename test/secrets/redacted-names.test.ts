import { createRolloutClient, RolloutApiError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

async function refusal(userInputs: Record<string, string>, body: unknown, headers: Record<string, string> = {}) {
  const { url } = await startHttpServer(() => json(body, 400, headers));
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  return rejection(credentials.create({ appKey: "gmail", userInputs }), RolloutApiError);
}

describe("a value of userInputs that is part of a name which the API uses", () => {
  test.each(["errors", "message", "sage", "err"])("does not take the reasons away: %s", async (password) => {
    const failure = await refusal({ password }, { errors: [{ message: "No such account" }] });
    expect(failure.errors).toEqual([{ message: "No such account" }]);
  });

  test("does not take the reason of the family away", async () => {
    const failure = await refusal({ password: "Message" }, { errorMessage: "No such account" });
    expect(failure.errors).toEqual([{ message: "No such account" }]);
  });

  test.each([
    ["x-request-id", "request"],
    ["cf-ray", "ray"],
  ])("does not take the request's id away: %s", async (name, password) => {
    expect(await refusal({ password }, {}, { [name]: "req_1" })).toHaveProperty("requestId", "req_1");
  });

  test("does not take the wait away that the server asks for", async () => {
    expect(await refusal({ password: "retry" }, {}, { "Retry-After": "7" })).toHaveProperty("retryAfter", 7);
  });

  test("is taken out of any other name", async () => {
    const failure = await refusal({ password: "hunter2" }, { hunter2: true }, { "X-Hunter2": "1" });
    expect(failure.body).toEqual({ "[redacted]": true });
  });
});
