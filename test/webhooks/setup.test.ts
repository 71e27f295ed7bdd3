import { createWebhookVerifier, isWebhookEvent } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { body, clientSecret, event, sign } from "./deliveries.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a webhook verifier reads the environment for the first delivery, and rejects while the secret is missing", async () => {
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "");
  const webhooks = createWebhookVerifier();
  for (const signature of [sign(body), undefined]) {
    const failure = { code: "invalid_config", option: "clientSecret" };
    await expect(webhooks.verify(body, signature)).rejects.toMatchObject(failure);
  }
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", clientSecret);
  expect(await webhooks.verify(body, sign(body))).toEqual(event);
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", "another secret");
  for (const { verify } of [webhooks, createWebhookVerifier({ clientSecret })]) {
    expect(await verify(body, sign(body))).toEqual(event);
  }
});

test("a webhook verifier refuses an empty secret, and an option that does not exist", () => {
  const refusal = (option: string) => expect.objectContaining({ code: "invalid_config", option });
  expect(() => createWebhookVerifier({ clientSecret: "" })).toThrow(refusal("clientSecret"));
  // @ts-expect-error an option that does not compile, as JavaScript may pass it
  expect(() => createWebhookVerifier({ clientSecret, secret: "made-up" })).toThrow(refusal("secret"));
});

const members = ["eventId", "eventCreated", "event", "uri", "resourceIds"];

test.each<[string, unknown, boolean]>([
  ["the published members", event, true],
  ["more members than are published", { ...event, credentialId: "credential_1" }, true],
  ["no resource ids", { ...event, resourceIds: [] }, true],
  ["a resource id that is a number", { ...event, resourceIds: ["person_1", 2] }, false],
  ["null", null, false],
  ["a list of events", [event], false],
  ...members.flatMap((name): [string, unknown, boolean][] => [
    [`no ${name}`, { ...event, [name]: undefined }, false],
    [`a number as ${name}`, { ...event, [name]: 1 }, false],
  ]),
])("isWebhookEvent of a payload with $0 is $2", (_case, payload, expected) => {
  expect(isWebhookEvent(payload)).toBe(expected);
});
