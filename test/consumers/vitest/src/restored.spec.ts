import { createRolloutClient } from "rollout-client";
import { expect, test } from "vitest";
import { startServer } from "./server";

test("a call reaches the server from a page of jsdom", async () => {
  const { baseUrl, received } = await startServer();
  const rollout = createRolloutClient({ token: "a-token", baseUrl });
  expect(await rollout.credentials.list()).toEqual([]);
  expect(received).toEqual(["GET /credentials"]);
  expect(document.body).toBeInstanceOf(HTMLElement);
});
