import { createRolloutClient, createTokenSigner } from "rollout-client";
import { createRolloutMock } from "rollout-client/testing";
import { expect, test } from "vitest";

const signer = createTokenSigner({ clientId: "test", clientSecret: "test" });
const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made up" } };

function startRollout() {
  const mock = createRolloutMock();
  const rollout = createRolloutClient({ token: signer.forUser("user_123"), ...mock.options });
  return { mock, rollout };
}

test("an account is connected", async () => {
  const { mock, rollout } = startRollout();
  await rollout.credentials.create(input);
  expect(mock.credentials).toMatchObject([{ appKey: "follow-up-boss", userId: "user_123" }]);
  expect(mock.requests).toMatchObject([{ method: "POST", path: "/credentials", body: input }]);
});

test("an account is connected with a one-time password", async () => {
  const { mock, rollout } = startRollout();
  mock.requireOtp("follow-up-boss", "123456");
  await rollout.credentials.create(input, { onOtp: (_challenge, { rejected }) => (rejected ? "123456" : "000000") });
  expect(mock.credentials).toHaveLength(1);
});

test("a rate limit is met once", async () => {
  const { mock, rollout } = startRollout();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 429, headers: { "Retry-After": "0" } });
  await rollout.credentials.create(input);
  expect(mock.requests).toHaveLength(2);
});

test("the connection is lost after the credential was created", async () => {
  const { mock, rollout } = startRollout();
  mock.failNext({ fault: "reset", acted: true });
  await expect(rollout.credentials.create(input)).rejects.toMatchObject({ code: "network", mayHaveSucceeded: true });
  expect(mock.credentials).toHaveLength(1);
});
