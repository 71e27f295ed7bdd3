import { decodeJwt } from "jose";
import { unwrap } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { documentationModules } from "./modules.ts";
import { markdownPages } from "./page.ts";
import { writeModules } from "./written-modules.ts";

const { fileOf, stub } = await writeModules(documentationModules(markdownPages()));
const input = { appKey: "lofty", userInputs: { apiKey: "made up" } };

afterEach(() => vi.useRealTimers());

test("the README's /rollout-token route signs for the signed-in user, and for nobody else", async () => {
  stub({ gives: { signedInUser: ["user_7", undefined] } });
  const { rolloutToken } = await import(fileOf("README.md/rollout-token.ts"));
  const request = new Request("https://example.com/rollout-token");
  const { token } = await (await rolloutToken(request)).json();
  expect(decodeJwt(token)).toMatchObject({ iss: "made-up client id", sub: "user_7" });
  expect((await rolloutToken(request)).status).toBe(401);
});

test("the README's two requests get from a challenge, by a wrong and a right code, to the credential", async () => {
  stub({ prefer: ["example=otpChallenge"] });
  const { connectAccount, enterCode } = await import(fileOf("README.md/connect-account.ts"));
  const { otpChallengeId } = await connectAccount("user_7", input);
  expect(await enterCode("user_7", otpChallengeId, "000000")).toContain("This code is wrong");
  expect(await enterCode("user_7", otpChallengeId, "123456")).toEqual({ id: "credential_after_otp" });
});

test("the README's handling of mayHaveSucceeded marks what is unclear, and throws what is safe to repeat", async () => {
  stub({ prefer: ["code=500", "code=400"] });
  const markAsUnclear = vi.fn();
  vi.stubGlobal("markAsUnclear", markAsUnclear);
  const { connect } = await import(fileOf("README.md/connect.ts"));
  await connect("user_7", input);
  expect(markAsUnclear).toHaveBeenCalledExactlyOnceWith("user_7", expect.stringContaining("responded with 500"));
  await expect(connect("user_7", input)).rejects.toMatchObject({ code: "bad_request" });
  expect(markAsUnclear).toHaveBeenCalledOnce();
});

test("the page about other APIs waits while the data of a new credential is not ready", async () => {
  const { whenReady } = await import(fileOf("docs/other-apis.md/when-ready.ts"));
  const answers = [409, 409, 200].map((status) => Response.json({ status }, { status }));
  const read = vi.fn(async () => unwrap({ response: answers.shift() ?? Response.error(), data: "the data" }));
  vi.useFakeTimers();
  const reading = whenReady(read);
  await vi.advanceTimersByTimeAsync(19_999);
  expect(read).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await reading).toBe("the data");
});

test("the page about other APIs stops waiting after ten reads", async () => {
  const { whenReady } = await import(fileOf("docs/other-apis.md/when-ready.ts"));
  const read = vi.fn(async () => unwrap({ response: new Response(null, { status: 409 }) }));
  vi.useFakeTimers();
  const reading = expect(whenReady(read)).rejects.toMatchObject({ code: "conflict" });
  await vi.advanceTimersByTimeAsync(120_000);
  await reading;
  expect(read).toHaveBeenCalledTimes(10);
});
