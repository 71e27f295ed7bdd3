import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";

test("a page of jsdom connects an account on a mock", async () => {
  const mock = createRolloutMock();
  const rollout = createRolloutClient({ token: createTestToken("user_123"), ...mock.options });
  const input = { appKey: "follow-up-boss", userInputs: { apiKey: "a key" } };
  const { id } = await rollout.credentials.create(input);
  expect(mock.credentials).toMatchObject([{ id, appKey: "follow-up-boss" }]);
  expect(document.body).toBeInstanceOf(HTMLElement);
});

test("a page of jsdom reaches a server", async () => {
  const rollout = createRolloutClient({ token: "a-token", baseUrl: process.env.ROLLOUT_BASE_URL });
  await expect(rollout.credentials.list()).resolves.toEqual([]);
});
