import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { createRolloutClient } from "rollout-client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const CREDENTIALS = "https://universal.rollout.com/api/credentials";
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

const server = setupServer(http.post(CREDENTIALS, () => HttpResponse.json({ id: "credential_1" })));

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

test("an account is connected", async () => {
  const { credentials } = createRolloutClient({ token: "made-up" });
  expect(await credentials.create(input)).toEqual({ id: "credential_1" });
});

test("the API refuses the key", async () => {
  const errors = [{ message: "The API key is wrong." }];
  server.use(http.post(CREDENTIALS, () => HttpResponse.json({ errors }, { status: 400 })));
  const { credentials } = createRolloutClient({ token: "made-up" });
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "bad_request", errors });
});

test("the API is too busy, and then is not", async () => {
  const busy = () => new HttpResponse(null, { status: 429, headers: { "Retry-After": "0" } });
  server.use(http.post(CREDENTIALS, busy, { once: true }));
  const { credentials } = createRolloutClient({ token: "made-up" });
  expect(await credentials.create(input)).toEqual({ id: "credential_1" });
});
