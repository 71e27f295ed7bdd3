import { expect, test } from "vitest";
import { problemsOn } from "../support/page-problems.ts";
import { choose, connect, enterCode, gate, heading, openAccount, openApplication } from "./setup.ts";

test("axe-core finds nothing on any page, on a desk, and on a phone in the dark", async () => {
  const { page, mock, url } = await openApplication();
  mock.requireOtp("lofty", "123456");
  const check = async (name: string): Promise<void> => {
    await heading(page, name);
    expect(await problemsOn(page), name).toEqual([]);
  };
  await choose(page, "Wise Agent");
  await check("Connect Wise Agent");
  await page.goto(url);
  await choose(page, "Sierra Interactive");
  await page.locator("form").evaluate((form: HTMLFormElement) => Object.assign(form, { noValidate: true }));
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("alert").waitFor();
  await check("Connect Sierra Interactive");
  await page.goto(url);
  await choose(page, "HubSpot");
  await page.getByRole("button", { name: "Continue" }).click();
  await check("Sign in to HubSpot");
  await page.goto(url);
  await connect(page, "Lofty");
  await enterCode(page, "000000");
  await page.getByRole("alert").waitFor();
  await check("Enter the code");
  await enterCode(page, "123456");
  await check("Lofty is connected");
  await page.goto(url);
  await check("Your accounts");
  await openAccount(page, url);
  await page.getByText("Disconnect this account").click();
  await check("Lofty");
  await page.goto(`${url}/accounts/none`);
  await check("Not found");
  await page.goto(url);
  await connect(page, "Follow Up Boss");
  await page.getByRole("link", { name: "Choose what syncs" }).click();
  await page.getByText("Ana Alvarez").waitFor();
  await check("Follow Up Boss");
  await page.goto(url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await check("Connect the apps you work with");
});

test("axe-core finds nothing on the page that waits, which shows the outcome by itself", async () => {
  const creation = gate();
  const { page } = await openApplication({
    beforeRequest: async (method) => (method === "POST" ? creation.pass() : undefined),
  });
  await choose(page, "Lofty");
  const form = await page.locator("form").evaluate((element: HTMLFormElement) => element.action);
  await page.getByLabel("API key").fill("made up");
  await page.getByRole("button", { name: "Connect" }).click({ noWaitAfter: true });
  await creation.reached;
  const second = await page.context().newPage();
  await second.goto(form);
  await heading(second, "Connecting …");
  expect(await problemsOn(second)).toEqual([]);
  creation.open();
  await heading(second, "Lofty is connected");
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
  await heading(page, "Wise Agent is connected");
});
