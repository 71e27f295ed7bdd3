import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { apiKey, choose, connect, enterCode, gate, heading, openApplication } from "./setup.ts";

// The application's script disables the button that was clicked: here the server is on its own.
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

/**
 * Clicks, and once more while the server is at work on the first click.
 * @returns how many forms the browser has sent
 */
async function clickTwice(page: Page, name: string, atWork: Promise<void>): Promise<() => number> {
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") sent += 1;
  });
  // By the mouse itself: Playwright's own click would wait until the page that the first click asked for is there.
  const box = await page.getByRole("button", { name }).boundingBox();
  const click = (): Promise<void> => page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  await click();
  await atWork;
  const secondRequest = page.waitForRequest((request) => request.method() === "POST");
  await click();
  await secondRequest;
  return () => sent;
}

test("a double click creates one credential", async () => {
  const { page, mock } = await openApplication();
  await choose(page, "Follow Up Boss");
  await page.getByLabel("API key").fill(apiKey);
  await page.getByRole("button", { name: "Connect" }).dblclick();
  await heading(page, "Follow Up Boss is connected");
  expect(mock.credentials).toHaveLength(1);
});

test("a second click while the credential is being created creates no other, nor does reloading", async () => {
  const creation = gate();
  const beforeRequest = async (method: string) => (method === "POST" ? creation.pass() : undefined);
  const { page, mock } = await openApplication({ beforeRequest }, WITHOUT_SCRIPT);
  await choose(page, "Follow Up Boss");
  await page.getByLabel("API key").fill(apiKey);
  const sent = await clickTwice(page, "Connect", creation.reached);
  await heading(page, "Connecting …");
  creation.open();
  await checkUntil(page, "Follow Up Boss is connected");
  await page.reload();
  await heading(page, "Follow Up Boss is connected");
  expect(sent()).toBe(2);
  expect(mock.credentials).toHaveLength(1);
});

test("a second click while the code is being checked does not submit it again", async () => {
  const check = gate();
  const codes: string[] = [];
  const beforeCode = (frame: string) => {
    codes.push(frame);
    return check.pass();
  };
  const { page, mock } = await openApplication({ beforeCode }, WITHOUT_SCRIPT);
  mock.requireOtp("lofty", "123456");
  await connect(page, "Lofty");
  await page.getByLabel("Code").fill("000000");
  const sent = await clickTwice(page, "Continue", check.reached);
  await heading(page, "Connecting …");
  check.open();
  await checkUntil(page, "Enter the code");
  await page.getByRole("alert").waitFor();
  await enterCode(page, "123456");
  await heading(page, "Lofty is connected");
  expect(sent()).toBe(3);
  expect(codes.map((frame) => JSON.parse(frame).otp)).toEqual(["000000", "123456"]);
});

/** Looks again until the work is done: nothing tells the browser when that is. */
async function checkUntil(page: Page, title: string): Promise<void> {
  const link = page.getByRole("link", { name: "Check again" });
  while ((await link.count()) > 0) await link.click();
  await heading(page, title);
}
