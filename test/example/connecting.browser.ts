import { expect, test } from "vitest";
import { otpEvents } from "../../scripts/mock/otp-mock.mjs";
import { apiKey, connect, enterCode, heading, openApplication } from "./setup.ts";

test("connects an account", async () => {
  const { page, api } = await openApplication();
  await connect(page, "follow-up-boss");
  await heading(page, "The account is connected");
  expect(await page.locator("code").textContent()).toBe("cred_01example");
  expect(api.requests).toMatchObject([{ method: "POST", path: "/credentials" }]);
  expect(JSON.parse(api.requests[0]?.body ?? "")).toEqual({ appKey: "follow-up-boss", userInputs: { apiKey } });
});

test("asks for the one-time password until it is right", async () => {
  const { page, api, otp } = await openApplication();
  await connect(page, "lofty");
  await heading(page, "Enter the code");
  await page.getByText("We sent a code to the phone number ending in 42.", { exact: true }).waitFor();
  await enterCode(page, "000000");
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123 456");
  await heading(page, "The account is connected");
  expect(await page.locator("code").textContent()).toBe("credential_after_otp");
  expect(api.requests).toHaveLength(1);
  expect(otp.conversations).toMatchObject([{ otpChallengeId: "otp_01example" }, { otpChallengeId: "otp_01example" }]);
  expect(otp.conversations.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test("shows why the API refused, and what was typed nowhere", async () => {
  const { page, output } = await openApplication();
  await connect(page, "skyslope");
  await heading(page, "The account was not connected");
  await page.getByText("The appKey is not one of the supported apps.").waitFor();
  expect(await page.content()).not.toContain(apiKey);
  expect(output.text).toContain("bad_request");
  expect(output.text).not.toContain(apiKey);
});

test("tells to check first when the account may be connected all the same", async () => {
  const { page } = await openApplication();
  await connect(page, "gmail");
  await heading(page, "Check before you try again");
});

test("tells to check first when the code was accepted and the connection lost after it", async () => {
  const { page } = await openApplication({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.terminate();
    },
  });
  await connect(page, "lofty");
  await enterCode(page, "123456");
  await heading(page, "Check before you try again");
});

test("starts again with a new form after a failure, also by the browser's back button", async () => {
  const { page, api } = await openApplication();
  await connect(page, "skyslope");
  await heading(page, "The account was not connected");
  await page.goBack();
  await connect(page, "follow-up-boss");
  await heading(page, "The account is connected");
  expect(api.requests).toHaveLength(2);
});
