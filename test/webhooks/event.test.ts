import { isWebhookEvent } from "rollout-client";
import { describe, expect, test } from "vitest";
import { event } from "./deliveries.ts";

describe("a payload is a webhook event", () => {
  test.each<[string, unknown]>([
    ["with the five published members", event],
    ["with more members than are published", { ...event, credentialId: "credential_1" }],
    ["with no resource ids", { ...event, resourceIds: [] }],
  ])("%s", (_case, payload) => {
    expect(isWebhookEvent(payload)).toBe(true);
  });
});

describe("a payload is no webhook event", () => {
  // The types of the other members are not published.
  test.each(["eventId", "event", "resourceIds"])("without %s, or with a number there", (name) => {
    expect(isWebhookEvent({ ...event, [name]: undefined })).toBe(false);
    expect(isWebhookEvent({ ...event, [name]: 1 })).toBe(false);
  });

  test.each<[string, unknown]>([
    ["with a resource id that is a number", { ...event, resourceIds: ["person_1", 2] }],
    ["when it is the body of another callback", { status: "complete" }],
    ["when it is null", null],
    ["when it is a string", JSON.stringify(event)],
    ["when it is a list of events", [event]],
  ])("%s", (_case, payload) => {
    expect(isWebhookEvent(payload)).toBe(false);
  });
});
