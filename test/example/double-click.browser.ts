import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answerByAppKey } from "../../scripts/mock/example-mock.mjs";
import { acceptCode } from "../../scripts/mock/otp-mock.mjs";
import { type Deferred, deferred } from "../support/deferred.ts";
import { connect, enterCode, fillIn, heading, openApplication } from "./setup.ts";

/**
 * Clicks, and once more while the server is at work on the first click.
 * @returns how many forms the browser has sent
 */
async function clickTwice(page: Page, name: string, atWork: Deferred): Promise<() => number> {
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") sent += 1;
  });
  // By the mouse itself: Playwright's own click would wait until the page that the first click asked for is there.
  const box = await page.getByRole("button", { name }).boundingBox();
  const click = (): Promise<void> => page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  await click();
  await atWork.promise;
  const sentAgain = page.waitForRequest((request) => request.method() === "POST");
  await click();
  await sentAgain;
  return () => sent;
}

test("a double click creates one credential", async () => {
  const { page, api } = await openApplication();
  await fillIn(page, "follow-up-boss");
  await page.getByRole("button", { name: "Connect" }).dblclick();
  await heading(page, "The account is connected");
  expect(api.requests).toHaveLength(1);
});

test("a second click while the credential is being created creates no other, nor does reloading", async () => {
  const atWork = deferred();
  const done = deferred();
  const { page, api } = await openApplication({
    prefer: async (request) => {
      atWork.resolve();
      await done.promise;
      return answerByAppKey(request);
    },
  });
  await fillIn(page, "follow-up-boss");
  const sent = await clickTwice(page, "Connect", atWork);
  done.resolve();
  await heading(page, "The account is connected");
  await page.reload();
  await heading(page, "The account is connected");
  expect(sent()).toBe(2);
  expect(api.requests).toHaveLength(1);
});

test("a second click while the code is being checked does not send it again", async () => {
  const atWork = deferred();
  const done = deferred();
  const accept = acceptCode("123456", "cred_1");
  const { page, otp } = await openApplication({
    script: async (conversation) => {
      atWork.resolve();
      await done.promise;
      await accept(conversation);
    },
  });
  await connect(page, "lofty");
  await page.getByLabel("Code").fill("000000");
  const sent = await clickTwice(page, "Continue", atWork);
  done.resolve();
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123456");
  await heading(page, "The account is connected");
  expect(sent()).toBe(3);
  expect(otp.conversations.flatMap(({ frames }) => frames)).toEqual([
    '{"event":"ENTER_OTP","otp":"000000"}',
    '{"event":"ENTER_OTP","otp":"123456"}',
  ]);
});
