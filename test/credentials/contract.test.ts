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
    const errors = [{ message: reason }];
    // A token source that can give another token is asked once more after a 401.
    const attempts = status === 401 ? 2 : 1;
    expect(failure).toMatchObject({ code, status, errors, body: { errors }, attempts, mayHaveSucceeded });
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

test.each<object>([
  { ...input, credentialKey: 42 },
  { ...input, entitiesToSync: { tasks: "yes" } },
  { ...input, extra: true },
])("a create of %j, which the document does not allow, is a bad_request", async (body) => {
  // @ts-expect-error a body that does not compile, as JavaScript may send it
  const failure = await rejection(start().credentials.create(body), RolloutApiError);
  expect(failure).toMatchObject({ code: "bad_request", status: 400, mayHaveSucceeded: false });
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
