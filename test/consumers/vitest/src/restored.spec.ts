import { createRolloutClient } from "rollout-client";
import { expect, test } from "vitest";

test("a call reaches the server from a page of jsdom", async () => {
  const rollout = createRolloutClient({ token: "a-token", baseUrl: process.env.ROLLOUT_BASE_URL });
  expect(await rollout.credentials.list()).toEqual([]);
  expect(document.body).toBeInstanceOf(HTMLElement);
});
