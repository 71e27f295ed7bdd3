import { decodeJwt } from "jose";
import { expect, test, vi } from "vitest";
import { documentationModules } from "./modules.ts";
import { markdownPages } from "./page.ts";
import { writeModules } from "./written-modules.ts";

const { fileOf, stub } = writeModules(documentationModules(markdownPages()));
const input = { appKey: "lofty", userInputs: { apiKey: "made up" } };

test("the README's /rollout-token route signs for the signed-in user, and for nobody else", async () => {
  stub({ gives: { signedInUser: ["user_7", undefined] } });
  const { rolloutToken } = await import(fileOf("README.md/rollout-token.ts"));
  const request = new Request("https://example.com/rollout-token");
  const { token } = await (await rolloutToken(request)).json();
  expect(decodeJwt(token)).toMatchObject({ iss: "made-up client id", sub: "user_7" });
  expect((await rolloutToken(request)).status).toBe(401);
});

test("the two requests of the page about one-time passwords turn a challenge into a credential, after a wrong code", async () => {
  stub({ prefer: ["example=otpChallenge"] });
  const { connectAccount, enterCode } = await import(fileOf("docs/one-time-passwords.md/connect-account.ts"));
  const { otpChallengeId } = await connectAccount("user_7", input);
  expect(await enterCode("user_7", otpChallengeId, "000000")).toContain("This code is wrong");
  expect(await enterCode("user_7", otpChallengeId, "123456")).toEqual({ id: "credential_after_otp" });
});

test("the page about retries marks a create that may have succeeded, and throws one that is safe to repeat", async () => {
  // The create fails unclearly, and so does the look for its credential; the next create fails clearly.
  stub({ prefer: ["code=500", "code=403", "code=400"] });
  const markAsUnclear = vi.fn();
  vi.stubGlobal("markAsUnclear", markAsUnclear);
  const { connect } = await import(fileOf("docs/retries.md/connect.ts"));
  await connect("user_7", input);
  expect(markAsUnclear).toHaveBeenCalledExactlyOnceWith("user_7", expect.stringContaining("responded with 500"));
  await expect(connect("user_7", input)).rejects.toMatchObject({ code: "bad_request" });
  expect(markAsUnclear).toHaveBeenCalledOnce();
});
