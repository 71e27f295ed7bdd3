// @vitest-environment jsdom
import { createRolloutClient } from "rollout-client";
import { expect, test } from "vitest";

test("the AbortController of jsdom is refused before anything is sent, and the message names it", async () => {
  // Of a server that counts: see requests in matrix.mjs.
  const rollout = createRolloutClient({ token: "a-token", baseUrl: process.env.ROLLOUT_BASE_URL });
  const refused = {
    code: "invalid_config",
    mayHaveSucceeded: false,
    message: expect.stringContaining("AbortController"),
  };
  const input = { appKey: "follow-up-boss", userInputs: {} };
  await expect(rollout.credentials.create(input)).rejects.toMatchObject(refused);
  // openapi-fetch makes a Request for middleware.
  rollout.api.use({ onRequest: () => undefined });
  await expect(rollout.api.GET("/credentials")).rejects.toMatchObject(refused);
});
