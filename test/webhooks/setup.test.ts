import { inspect } from "node:util";
import { createWebhookVerifier, isWebhookEvent, RolloutConfigError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { body, clientSecret, event, sign } from "./deliveries.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
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

test.each<[string, unknown, string]>([
  ["an empty clientSecret", { clientSecret: "" }, "clientSecret"],
  ["a clientSecret that is no string", { clientSecret: 42 }, "clientSecret"],
  ["an option that does not exist", { clientSecret, secret: "made-up" }, "secret"],
  ["null for the options", null, "createWebhookVerifier"],
])("a webhook verifier refuses %s", async (_case, options, option) => {
  // @ts-expect-error options that do not compile, as JavaScript may pass them
  const failure = await rejection(() => createWebhookVerifier(options), RolloutConfigError);
  expect(failure).toMatchObject({ code: "invalid_config", option });
});

test("a webhook verifier refuses to work in a browser: at once with a secret, and without one for the first delivery", async () => {
  vi.stubGlobal("window", {});
  vi.stubGlobal("document", {});
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", clientSecret);
  for (const use of [
    () => createWebhookVerifier({ clientSecret }),
    () => createWebhookVerifier().verify(body, sign(body)),
  ]) {
    const failure = await rejection(use, RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "clientSecret" });
    expect(inspect(failure)).not.toContain(clientSecret);
  }
});

const members = ["eventId", "eventCreated", "event", "uri", "resourceIds"];

test.each<[string, unknown, boolean]>([
  ["the published members", event, true],
  ["more members than are published", { ...event, credentialId: "credential_1" }, true],
  ["no resource ids", { ...event, resourceIds: [] }, true],
  ["a resource id that is a number", { ...event, resourceIds: ["person_1", 2] }, false],
  ["the body of another callback", { status: "complete" }, false],
  ["null", null, false],
  ["a string", JSON.stringify(event), false],
  ["a list of events", [event], false],
  ...members.flatMap((name): [string, unknown, boolean][] => [
    [`no ${name}`, { ...event, [name]: undefined }, false],
    [`a number as ${name}`, { ...event, [name]: 1 }, false],
  ]),
])("isWebhookEvent of a payload with $0 is $2", (_case, payload, expected) => {
  expect(isWebhookEvent(payload)).toBe(expected);
});
