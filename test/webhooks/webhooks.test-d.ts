import { createWebhookVerifier, isWebhookEvent, type WebhookEvent, type WebhookVerifier } from "rollout-client";
import { expectTypeOf, test } from "vitest";

type Verify = WebhookVerifier["verify"];

test("a webhook verifier takes no options or the secret, a raw body, and the header as Node and as Headers give it", () => {
  expectTypeOf(createWebhookVerifier).toBeCallableWith();
  expectTypeOf(createWebhookVerifier).toBeCallableWith({ clientSecret: "made-up" });
  expectTypeOf<Buffer | string | ArrayBuffer>().toExtend<Parameters<Verify>[0]>();
  expectTypeOf<string | string[] | undefined | null>().toExtend<Parameters<Verify>[1]>();
  expectTypeOf<WebhookEvent>().not.toExtend<Parameters<Verify>[0]>();
});

test("a webhook payload is unknown until it is narrowed", () => {
  expectTypeOf<ReturnType<Verify>>().toEqualTypeOf<Promise<unknown>>();
  const payload: unknown = {};
  if (isWebhookEvent(payload)) expectTypeOf(payload).toEqualTypeOf<WebhookEvent>();
  expectTypeOf<WebhookEvent["resourceIds"]>().toEqualTypeOf<string[]>();
  expectTypeOf<"peopleCreated" | "peopleTagsCreated" | "anything new">().toExtend<WebhookEvent["event"]>();
});
