import { createWebhookVerifier, isWebhookEvent, type WebhookEvent, type WebhookVerifier } from "rollout-client";
import { describe, expectTypeOf, test } from "vitest";

describe("a webhook verifier", () => {
  test("is made with no options, or with the secret", () => {
    expectTypeOf(createWebhookVerifier).toBeCallableWith();
    expectTypeOf(createWebhookVerifier).toBeCallableWith({ clientSecret: "made-up" });
    expectTypeOf(createWebhookVerifier).returns.toEqualTypeOf<WebhookVerifier>();
  });

  test("takes a raw body, and the header as Node and as Headers give it", () => {
    type Verify = WebhookVerifier["verify"];
    expectTypeOf<Buffer | string | ArrayBuffer>().toExtend<Parameters<Verify>[0]>();
    expectTypeOf<string | string[] | undefined | null>().toExtend<Parameters<Verify>[1]>();
    expectTypeOf<WebhookEvent>().not.toExtend<Parameters<Verify>[0]>();
  });

  test("gives a payload that is unknown until it is narrowed", () => {
    expectTypeOf<ReturnType<WebhookVerifier["verify"]>>().toEqualTypeOf<Promise<unknown>>();
    const narrowed = (payload: unknown): void => {
      if (isWebhookEvent(payload)) expectTypeOf(payload).toEqualTypeOf<WebhookEvent>();
    };
    expectTypeOf(narrowed).toBeFunction();
  });

  test("knows what an event holds", () => {
    expectTypeOf<WebhookEvent>().toEqualTypeOf<{
      eventId: string;
      eventCreated: string;
      event: string;
      resourceIds: string[];
      uri: string;
    }>();
  });
});
