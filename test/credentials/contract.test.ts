import {
  type CreateCredentialInput,
  createRolloutClient,
  createTokenSigner,
  type FetchFunction,
  isOtpChallenge,
  RolloutApiError,
} from "rollout-client";
import { expect, inject, test } from "vitest";
import document from "../../src/generated/openapi.json" with { type: "json" };
import { rejection } from "../support/rejection.ts";

// Prism checks each request against the patched document, and responds with the document's examples.

const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" }).forUser("user_123");
const input: CreateCredentialInput = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up", tags: ["a", "b"] } };
const { entitiesToSync } =
  document.paths["/credentials"].post.requestBody.content["application/json"].schema.properties;

const start = (options: { fetch?: FetchFunction } = {}) =>
  createRolloutClient({ token, baseUrl: inject("prismUrl"), retry: false, ...options });
const prefer = (preference: string) => ({ headers: { Prefer: preference } });

test("create takes every field of the document, and resolves to a credential", async () => {
  const everything = Object.fromEntries(Object.keys(entitiesToSync.properties).map((name) => [name, true]));
  expect(Object.keys(everything)).toHaveLength(32);
  const body = { ...input, credentialKey: "main", plan: "pro", entitiesToSync: everything };
  const credential = await start().credentials.create(body, prefer("example=credential"));
  expect(credential).toEqual({ id: "cred_01example" });
  expect(isOtpChallenge(credential)).toBe(false);
});

test("create resolves to a challenge when a one-time password is needed", async () => {
  const challenge = await start().credentials.create(input, prefer("example=otpChallenge"));
  expect(challenge).toMatchObject({
    action: "OTP_REQUEST",
    otpChallengeId: "otp_01example",
    message: expect.stringMatching(/^[^<>]+$/),
    messageHTML: expect.stringContaining("<b>"),
  });
  expect(isOtpChallenge(challenge)).toBe(true);
});

test.each([
  [400, "bad_request", "The appKey is not one of the supported apps.", false],
  [401, "unauthorized", "The token is missing, malformed or expired.", false],
  [403, "forbidden", "Bad credentials.", false],
  [409, "conflict", "The data of this credential is not ready yet.", false],
  [429, "rate_limited", "Too many requests for this tenant.", false],
  [500, "server_error", "Something went wrong on Rollout's side.", true],
] as const)(
  "a %i is a RolloutApiError %s with the document's reason",
  async (status, code, reason, mayHaveSucceeded) => {
    const failure = await rejection(start().credentials.create(input, prefer(`code=${status}`)), RolloutApiError);
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
    });
    expect(failure).not.toHaveProperty("cause");
  },
);

test("the token is in what this client sends: Prism refuses the same request without it", async () => {
  const withoutAuthorization: FetchFunction = (url, init) => {
    const headers = new Headers(init.headers);
    headers.delete("Authorization");
    return fetch(url, { ...init, headers });
  };
  const create = start({ fetch: withoutAuthorization }).credentials.create(input);
  const refused = await rejection(create, RolloutApiError);
  expect(refused.code).toBe("unauthorized");
  expect(refused.headers.get("sl-violations")).toContain("Invalid security scheme");
});

test.each<[string, object, string]>([
  ["a number as credentialKey", { ...input, credentialKey: 42 }, "credentialKey must be string"],
  ["text in entitiesToSync", { ...input, entitiesToSync: { tasks: "yes" } }, "entitiesToSync.tasks must be boolean"],
  ["a field that the document lacks", { ...input, extra: true }, "found 'extra'"],
])("a create with %s is a bad_request, with Prism's reasons in its headers", async (_case, body, reason) => {
  // @ts-expect-error a body that does not compile, as JavaScript may send it
  const failure = await rejection(start().credentials.create(body), RolloutApiError);
  expect(failure).toMatchObject({ code: "bad_request", status: 400, mayHaveSucceeded: false });
  expect(failure.headers.get("sl-violations")).toContain(reason);
});

test("the other operations fit the document, and resolve to its examples", async () => {
  const { credentials, connectors } = start();
  const filter = { appKey: "follow-up-boss", includeProfile: true, includeData: true };
  const listed = await credentials.list(filter, prefer("example=credentials"));
  expect(listed).toMatchObject([{ id: "cred_01example", appKey: "follow-up-boss" }]);
  expect(await credentials.update("cred_1", { entitiesToSync: { tasks: true, notes: false } })).toBeUndefined();
  expect(await credentials.delete("cred_1")).toBeUndefined();
  const request = { appKey: "hubspot", entitiesToSync: { tasks: true }, customParams: { domain: "example" } };
  expect(await credentials.authorizeUrl(request)).toEqual({
    url: "https://connect.example/oauth/authorize?state=req_01example",
    requestId: "req_01example",
  });
  expect((await connectors.list()).map(({ appKey }) => appKey)).toEqual(["follow-up-boss", "hubspot", "lofty"]);
});
