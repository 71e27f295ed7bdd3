import { expect, test } from "vitest";
import { deferred } from "../support/deferred.ts";
import { problemsOn } from "../support/page-problems.ts";
import { choose, connect, enterCode, heading, openApplication } from "./setup.ts";

test("axe-core finds nothing on any page, on a desk and on a phone", async () => {
  const { page, mock, url } = await openApplication();
  mock.requireOtp("lofty", "123456");
  const check = async (name: string): Promise<void> => {
    await heading(page, name);
    expect(await problemsOn(page), name).toEqual([]);
  };
  await check("Your accounts");
  await choose(page, "Sierra Interactive");
  await check("Connect Sierra Interactive");
  await page.goto(url);
  await choose(page, "HubSpot");
  await page.getByRole("button", { name: "Continue" }).click();
  await check("Sign in to HubSpot");
  await page.goto(url);
  await connect(page, "Lofty");
  await check("Enter the code");
  await enterCode(page, "000000");
  await page.getByRole("alert").waitFor();
  await check("Enter the code");
  await enterCode(page, "123456");
  await check("The account is connected");
  await page.goto(url);
  await check("Your accounts");
  await page.getByRole("link", { name: /^Lofty Account of/ }).click();
  await page.getByText("Disconnect this account").click();
  await check("Lofty");
  await page.goto(`${url}/accounts/none`);
  await check("Not found");
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await page.goto(url);
  await connect(page, "Follow Up Boss");
  await check("The account was not connected");
});

test("axe-core finds nothing on the page that waits, which shows the outcome by itself", async () => {
  const atWork = deferred();
  const created = deferred();
  const { page } = await openApplication({
    async beforeRequest({ method }) {
      if (method !== "POST") return;
      atWork.resolve();
      await created.promise;
    },
  });
  await choose(page, "Lofty");
  const form = await page.locator("form").evaluate((element: HTMLFormElement) => element.action);
  await page.getByRole("button", { name: "Connect" }).click({ noWaitAfter: true });
  await atWork.promise;
  const second = await page.context().newPage();
  await second.goto(form);
  await heading(second, "Connecting …");
  expect(await problemsOn(second)).toEqual([]);
  created.resolve();
  await heading(second, "The account is connected");
});

test("an account is connected by keyboard alone", async () => {
  const { page } = await openApplication();
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("wise");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await heading(page, "Connect Wise Agent");
  for (const key of ["Tab", "Tab"]) await page.keyboard.press(key);
  await page.keyboard.type("key");
  await page.keyboard.press("Enter");
  await heading(page, "The account is connected");
});
