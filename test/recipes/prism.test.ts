import { createRolloutClient } from "rollout-client";
import { expect, onTestFinished, test } from "vitest";
import { startPrism } from "./prism.ts";

test("Prism responds as the package's document says, and a Prefer header chooses the response", async () => {
  const { baseUrl, stop } = await startPrism();
  onTestFinished(stop);
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl, retry: false });
  const create = (prefer: string) =>
    credentials.create({ appKey: "lofty", userInputs: {} }, { headers: { Prefer: prefer } });
  expect(Object.keys(await create("example=credential"))).toEqual(["id"]);
  expect(await create("example=otpChallenge")).toHaveProperty("otpChallengeId");
  await expect(create("code=429")).rejects.toMatchObject({ code: "rate_limited" });
});
