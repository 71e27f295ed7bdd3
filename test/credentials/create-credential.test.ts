import {
  type CreateCredentialInput,
  type CredentialOperations,
  createRolloutClient,
  createTokenSigner,
  type FetchFunction,
  isOtpChallenge,
  RolloutApiError,
  type RolloutClientOptions,
} from "rollout-client";
import { describe, expect, inject, test } from "vitest";
import document from "../../src/generated/openapi.json" with { type: "json" };
import { rejection } from "../support/rejection.ts";

const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" }).forUser("user_123");
const input: CreateCredentialInput = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up", tags: ["a", "b"] } };
const { entitiesToSync } =
  document.paths["/credentials"].post.requestBody.content["application/json"].schema.properties;

function credentials(options: Partial<RolloutClientOptions> = {}): CredentialOperations {
  return createRolloutClient({ token, baseUrl: inject("prismUrl"), retry: false, ...options }).credentials;
}

function prefer(preference: string): { headers: { Prefer: string } } {
  return { headers: { Prefer: preference } };
}

describe("a response of 200", () => {
  test("is a credential", async () => {
    const created = await credentials().create(input, prefer("example=credential"));
    expect(created).toEqual({ id: "cred_01example" });
    expect(isOtpChallenge(created)).toBe(false);
  });

  test("is a challenge when a one-time password is needed", async () => {
    const created = await credentials().create(input, prefer("example=otpChallenge"));
    expect(created).toEqual({
      action: "OTP_REQUEST",
      otpChallengeId: "otp_01example",
      titleHTML: expect.stringContaining("<b>"),
      message: expect.stringMatching(/^[^<>]+$/),
      messageHTML: expect.stringContaining("<b>"),
    });
    expect(isOtpChallenge(created)).toBe(true);
  });
});

describe("an error response", () => {
  test.each([
    [400, "bad_request", "The appKey is not one of the supported apps.", false],
    [401, "unauthorized", "The token is missing, malformed or expired.", false],
    [403, "forbidden", "Bad credentials.", false],
    [409, "conflict", "The data of this credential is not ready yet.", false],
    [429, "rate_limited", "Too many requests for this tenant.", false],
    [500, "server_error", "Something went wrong on Rollout's side.", true],
  ] as const)("%i is a RolloutApiError %s", async (status, code, reason, mayHaveSucceeded) => {
    const create = credentials().create(input, prefer(`code=${status}`));
    const failure = await rejection(create, RolloutApiError);
    expect(failure).toMatchObject({
      name: "RolloutApiError",
      code,
      status,
      errors: [{ message: reason }],
      body: { errors: [{ message: reason }] },
      headers: expect.any(Headers),
      method: "POST",
      path: "/credentials",
      // A token source that can give another token is asked once more after a 401.
      attempts: status === 401 ? 2 : 1,
      mayHaveSucceeded,
      message: expect.stringContaining(`POST /credentials responded with ${status}: ${reason}`),
    });
    expect(failure.requestId).toBeUndefined();
    expect(failure.retryAfter).toBeUndefined();
    expect(failure).not.toHaveProperty("cause");
  });
});

test("the token is in what this client sends: Prism refuses the same request without it", async () => {
  const withoutAuthorization: FetchFunction = (url, init) => {
    const headers = new Headers(init.headers);
    headers.delete("Authorization");
    return fetch(url, { ...init, headers });
  };
  const refused = await rejection(credentials({ fetch: withoutAuthorization }).create(input), RolloutApiError);
  expect(refused.code).toBe("unauthorized");
  expect(refused.headers.get("sl-violations")).toContain("Invalid security scheme");
});

describe("the body", () => {
  test("may have every field of the document, and name every entity that can be synced", async () => {
    const everything = Object.fromEntries(Object.keys(entitiesToSync.properties).map((name) => [name, true]));
    expect(Object.keys(everything)).toHaveLength(32);
    const body = { ...input, credentialKey: "main", plan: "pro", entitiesToSync: everything };
    await expect(credentials().create(body)).resolves.toEqual({ id: "cred_01example" });
  });

  test.each<[string, object, string]>([
    ["a number as appKey", { ...input, appKey: 42 }, "appKey must be string"],
    ["no userInputs", { appKey: "gmail" }, "required property 'userInputs'"],
    ["text in entitiesToSync", { ...input, entitiesToSync: { tasks: "yes" } }, "entitiesToSync.tasks must be boolean"],
    ["a field that the document lacks", { ...input, extra: true }, "found 'extra'"],
  ])("with %s is a bad_request, with Prism's reasons in its headers", async (_case, body, reason) => {
    // @ts-expect-error a body that does not compile, as JavaScript may send it
    const create = credentials().create(body);
    const failure = await rejection(create, RolloutApiError);
    expect(failure).toMatchObject({ code: "bad_request", status: 400, mayHaveSucceeded: false });
    expect(failure.headers.get("sl-violations")).toContain(reason);
  });
});
