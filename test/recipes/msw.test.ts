import { HttpResponse, http, passthrough } from "msw";
import { setupServer } from "msw/node";
import { createRolloutClient, createTokenSigner } from "rollout-client";
import { createRolloutMock } from "rollout-client/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const BASE_URL = "https://universal.rollout.com/api";
const signer = createTokenSigner({ clientId: "test", clientSecret: "test" });
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up" } };

const mock = createRolloutMock({ baseUrl: BASE_URL });
const server = setupServer(
  http.all(`${BASE_URL}/*`, ({ request }) => mock.options.fetch(request)),
  // The upgrade request of the socket, for a one-time-password server of your own.
  http.get(/\/auth\/otp\//, () => passthrough()),
);

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

test("an account is connected", async () => {
  const { credentials } = createRolloutClient({ token: signer.forUser("user_1") });
  await credentials.create(input);
  expect(mock.credentials).toMatchObject([{ appKey: "follow-up-boss", userId: "user_1" }]);
});

test("the API refuses the key", async () => {
  const errors = [{ message: "The API key is wrong." }];
  server.use(http.post(`${BASE_URL}/credentials`, () => HttpResponse.json({ errors }, { status: 400 })));
  const { credentials } = createRolloutClient({ token: signer.forUser("user_1") });
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "bad_request", errors });
});

test("the connection is lost", async () => {
  server.use(http.post(`${BASE_URL}/credentials`, () => HttpResponse.error()));
  const { credentials } = createRolloutClient({ token: signer.forUser("user_1") });
  await expect(credentials.create(input)).rejects.toMatchObject({ code: "network", mayHaveSucceeded: true });
});
