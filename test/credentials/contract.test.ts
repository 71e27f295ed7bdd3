import { type CreateCredentialInput, createRolloutClient, createTokenSigner, isOtpChallenge } from "rollout-client";
import { expect, inject, test } from "vitest";
import document from "../../src/generated/openapi.json" with { type: "json" };

// Prism checks each request against the patched document, and responds with the document's examples.

const token = createTokenSigner({ clientId: "client", clientSecret: "made-up secret" }).forUser("user_123");
const input: CreateCredentialInput = { appKey: "follow-up-boss", userInputs: { apiKey: "made-up", tags: ["a", "b"] } };
const { entitiesToSync } =
  document.paths["/credentials"].post.requestBody.content["application/json"].schema.properties;

const start = () => createRolloutClient({ token, baseUrl: inject("prismUrl"), retry: false });
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

test("the document's errors have their reasons, and Prism refuses a body that the document does not allow", async () => {
  const forbidden = start().credentials.create(input, prefer("code=403"));
  const errors = [{ message: "Bad credentials." }];
  await expect(forbidden).rejects.toMatchObject({ code: "forbidden", errors, body: { errors }, attempts: 1 });
  // @ts-expect-error a body that does not compile, as JavaScript may send it
  const refused = start().credentials.create({ ...input, extra: true });
  await expect(refused).rejects.toMatchObject({ code: "bad_request", status: 400, mayHaveSucceeded: false });
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
