import { createRolloutClient } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { json, startHttpServer } from "../support/http-server.ts";

const input = { appKey: "gmail", userInputs: {} };

afterEach(() => {
  vi.unstubAllGlobals();
});

// @hono/node-server does this to the whole process.
test("a framework's own global Response does not get into the responses of the platform's fetch", async () => {
  const { url } = await startHttpServer(() => json({ id: "cred_1" }));
  class TheirResponse {
    get status(): never {
      throw new TypeError("not a response of theirs");
    }
  }
  vi.stubGlobal("Response", TheirResponse);
  const { api, credentials } = createRolloutClient({ token: "made-up", baseUrl: url });
  expect(await credentials.create(input)).toEqual({ id: "cred_1" });
  const { response } = await api.POST("/credentials", { body: input });
  expect(response.status).toBe(200);
});
