import { createRolloutClient } from "rollout-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPrism } from "./prism.ts";

let prism: Awaited<ReturnType<typeof startPrism>>;
beforeAll(async () => {
  prism = await startPrism();
});
afterAll(() => prism.stop());

test("Prism responds as the package's document says, and a Prefer header chooses the response", async () => {
  const rollout = createRolloutClient({ token: "made-up", baseUrl: prism.baseUrl, retry: false });
  const create = (prefer: string) =>
    rollout.credentials.create({ appKey: "lofty", userInputs: {} }, { headers: { Prefer: prefer } });
  expect(Object.keys(await create("example=credential"))).toEqual(["id"]);
  expect(await create("example=otpChallenge")).toHaveProperty("otpChallengeId");
  await expect(create("code=429")).rejects.toMatchObject({ code: "rate_limited" });
});
