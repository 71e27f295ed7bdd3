import { inspect } from "node:util";
import { createWebhookVerifier, RolloutConfigError, type WebhookVerifierOptions } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { body, clientSecret, event, sign } from "./deliveries.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function failureOf(options?: WebhookVerifierOptions): Promise<RolloutConfigError> {
  return rejection(() => createWebhookVerifier(options), RolloutConfigError);
}

describe("the Client Secret of a webhook verifier", () => {
  test("comes from the environment when it is not given", async () => {
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", clientSecret);
    expect(await createWebhookVerifier().verify(body, sign(body))).toEqual(event);
  });

  test("comes from the options rather than from the environment", async () => {
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", "another secret");
    expect(await createWebhookVerifier({ clientSecret }).verify(body, sign(body))).toEqual(event);
  });

  test.each<[string, WebhookVerifierOptions | undefined]>([
    ["missing", undefined],
    ["undefined", { clientSecret: undefined }],
    ["empty", { clientSecret: "" }],
  ])("is asked for when it is %s", async (_case, options) => {
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", "");
    const failure = await failureOf(options);
    expect(failure).toMatchObject({ code: "invalid_config", option: "clientSecret" });
    expect(failure.message).toContain("ROLLOUT_CLIENT_SECRET");
  });

  test("is in nothing that can be looked at", async () => {
    const verifier = createWebhookVerifier({ clientSecret: "planted_secret" });
    await verifier.verify(body, undefined).catch(() => undefined);
    for (const shown of [verifier, verifier.verify]) {
      expect(inspect(shown, { depth: null, showHidden: true, getters: true })).not.toContain("planted_secret");
    }
  });
});

test.each<[string, unknown, string]>([
  ["a clientSecret that is no string", { clientSecret: 42 }, "clientSecret"],
  ["an option that does not exist", { clientSecret, secret: "made-up" }, "secret"],
  ["null for the options", null, "createWebhookVerifier"],
])("%s is refused", async (_case, options, option) => {
  // @ts-expect-error options that do not compile, as JavaScript may pass them
  expect(await failureOf(options)).toMatchObject({ option });
});

test("a webhook verifier refuses to be made in a page", async () => {
  vi.stubGlobal("window", {});
  vi.stubGlobal("document", {});
  const failure = await failureOf({ clientSecret });
  expect(failure).toMatchObject({ option: "clientSecret", message: expect.stringContaining("on your server") });
  expect(inspect(failure)).not.toContain(clientSecret);
});
