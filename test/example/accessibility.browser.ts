import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { deferred } from "../support/deferred.ts";
import { choose, connect, enterCode, heading, openApplication } from "./setup.ts";

const WINDOWS = [
  { width: 1280, height: 720, colorScheme: "light" },
  { width: 360, height: 740, colorScheme: "dark" },
] as const;

/** What axe-core finds on the page, and whether it is wider than the window: on a desk, and on a phone in the dark. */
async function problemsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const problems: string[] = [];
  for (const { colorScheme, ...size } of WINDOWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    problems.push(...(await problemsIn(page)));
  }
  return problems;
}

async function problemsIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => Reflect.get(window, "axe").run());
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  const found = violations.map(({ id, nodes }: axe.Result) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  return tooWide ? [...found, "wider than the window"] : found;
}

test("axe-core finds nothing on any page, on a desk, and on a phone in the dark", async () => {
  const { page, mock, url } = await openApplication();
  mock.requireOtp("lofty", "123456");
  const check = async (name: string): Promise<void> => {
    await heading(page, name);
    expect(await problemsOn(page), name).toEqual([]);
  };
  await check("Your accounts");
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
  await check("Enter the code");
  await enterCode(page, "000000");
  await page.getByRole("alert").waitFor();
  await check("Enter the code");
  await enterCode(page, "123456");
  await check("Lofty is connected");
  await page.goto(url);
  await check("Your accounts");
  await page.getByRole("link", { name: "Ada Example" }).click();
  await page.getByText("Disconnect this account").click();
  await check("Lofty");
  await page.goto(`${url}/accounts/none`);
  await check("Not found");
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await page.goto(url);
  await connect(page, "Follow Up Boss");
  await page.getByRole("alert").waitFor();
  await check("Connect Follow Up Boss");
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
  await page.getByLabel("API key").fill("made up");
  const form = await page.locator("form").evaluate((element: HTMLFormElement) => element.action);
  await page.getByRole("button", { name: "Connect" }).click({ noWaitAfter: true });
  await atWork.promise;
  const second = await page.context().newPage();
  await second.goto(form);
  await heading(second, "Connecting …");
  expect(await problemsOn(second)).toEqual([]);
  created.resolve();
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
