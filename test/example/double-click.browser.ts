import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type Deferred, deferred } from "../support/deferred.ts";
import { apiKey, choose, connect, enterCode, heading, openApplication } from "./setup.ts";

// The application's script disables the button that was clicked: here the server is on its own.
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

/** Fills in the form of an app that asks for an API key. */
async function fillIn(page: Page, app: string): Promise<void> {
  await choose(page, app);
  await page.getByLabel("API key").fill(apiKey);
}

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
  const secondRequest = page.waitForRequest((request) => request.method() === "POST");
  await click();
  await secondRequest;
  return () => sent;
}

test("a double click creates one credential", async () => {
  const { page, mock } = await openApplication();
  await fillIn(page, "Follow Up Boss");
  await page.getByRole("button", { name: "Connect" }).dblclick();
  await heading(page, "Follow Up Boss is connected");
  expect(mock.credentials).toHaveLength(1);
});

test("a second click while the credential is being created creates no other, nor does reloading", async () => {
  const atWork = deferred();
  const done = deferred();
  const { page, mock } = await openApplication(
    {
      async beforeRequest({ method }) {
        if (method !== "POST") return;
        atWork.resolve();
        await done.promise;
      },
    },
    WITHOUT_SCRIPT,
  );
  await fillIn(page, "Follow Up Boss");
  const sent = await clickTwice(page, "Connect", atWork);
  await heading(page, "Connecting …");
  done.resolve();
  await checkUntil(page, "Follow Up Boss is connected");
  await page.reload();
  await heading(page, "Follow Up Boss is connected");
  expect(sent()).toBe(2);
  expect(mock.credentials).toHaveLength(1);
});

test("a second click while the code is being checked does not submit it again", async () => {
  const atWork = deferred();
  const done = deferred();
  const codes: string[] = [];
  const { page, mock } = await openApplication(
    {
      async beforeCode(frame) {
        codes.push(frame);
        atWork.resolve();
        await done.promise;
      },
    },
    WITHOUT_SCRIPT,
  );
  mock.requireOtp("lofty", "123456");
  await connect(page, "Lofty");
  await page.getByLabel("Code").fill("000000");
  const sent = await clickTwice(page, "Continue", atWork);
  await heading(page, "Connecting …");
  done.resolve();
  await checkUntil(page, "Enter the code");
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123456");
  await heading(page, "Lofty is connected");
  expect(sent()).toBe(3);
  expect(codes).toEqual(['{"event":"ENTER_OTP","otp":"000000"}', '{"event":"ENTER_OTP","otp":"123456"}']);
});

/** Looks again until the work is done: nothing tells the browser when that is. */
async function checkUntil(page: Page, title: string): Promise<void> {
  const link = page.getByRole("link", { name: "Check again" });
  while ((await link.count()) > 0) await link.click();
  await heading(page, title);
}
