import { createWebhookVerifier, isWebhookEvent } from "rollout-client";
import { createTestDelivery } from "rollout-client/testing";
import { expect, test } from "vitest";
import { clientSecret, event, sign } from "../webhooks/deliveries.ts";

test("a delivery is a POST of the event, signed as Rollout signs, which a verifier accepts", async () => {
  const delivery = await createTestDelivery(event, { clientSecret, url: "https://app.example/hooks?a=1" });
  expect([delivery.method, delivery.url]).toEqual(["POST", "https://app.example/hooks?a=1"]);
  expect(delivery.headers.get("content-type")).toBe("application/json");
  const signature = delivery.headers.get("x-rollout-signature");
  const body = await delivery.text();
  expect(signature).toBe(sign(body));
  expect(await createWebhookVerifier({ clientSecret }).verify(body, signature)).toEqual(event);
});

test("a forged delivery has a signature that a verifier refuses", async () => {
  const delivery = await createTestDelivery(event, { clientSecret, forged: true });
  const signature = delivery.headers.get("x-rollout-signature");
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  const verified = createWebhookVerifier({ clientSecret }).verify(await delivery.text(), signature);
  await expect(verified).rejects.toMatchObject({ code: "invalid_signature" });
});

test("what an event lacks is made up, with an id for each delivery; another payload is sent as it is", async () => {
  const payloadOf = async (payload: object) => (await createTestDelivery({ ...payload }, { clientSecret })).json();
  const first = await payloadOf({ event: "peopleTagsCreated", resourceIds: ["1", "2"] });
  expect(isWebhookEvent(first)).toBe(true);
  expect(first).toMatchObject({
    event: "peopleTagsCreated",
    resourceIds: ["1", "2"],
    uri: expect.stringMatching(/\/people\?ids=1,2$/),
  });
  expect((await payloadOf({ event: "peopleDeleted" })).eventId).not.toBe(first.eventId);
  expect(await payloadOf({ done: true })).toEqual({ done: true });
});
