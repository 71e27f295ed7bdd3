import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { choose, heading, openApplication } from "./setup.ts";

/** Goes to the page that opens the pop-up, and opens it. Resolves when it shows the page of the app. */
async function openPopUp(page: Page): Promise<Page> {
  await choose(page, "HubSpot");
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Sign in to HubSpot");
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open HubSpot" }).click();
  const popUp = await opened;
  await popUp.getByRole("button", { name: "Allow" }).waitFor();
  return popUp;
}

test("says so when the user refuses in the pop-up, and lets them try again", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  await popUp.getByRole("button", { name: "Deny" }).click();
  await page.getByRole("status").getByText("Nothing was connected.").waitFor();
  expect(mock.credentials).toEqual([]);
  expect(await page.getByRole("link", { name: "Open HubSpot" }).isVisible()).toBe(true);
});

test("connects an account in a pop-up, also when the user has closed another one before", async () => {
  const { page, mock } = await openApplication();
  await (await openPopUp(page)).close();
  await page.getByRole("status").getByText("The window was closed.").waitFor();
  const again = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open HubSpot" }).click();
  await (await again).getByRole("button", { name: "Allow" }).click();
  await heading(page, "HubSpot is connected");
  expect(mock.credentials).toMatchObject([{ appKey: "hubspot" }]);
});

test("hands over what an app with OAuth asks for", async () => {
  const { page, mock } = await openApplication();
  await choose(page, "Dotloop");
  await page.getByLabel("Profile").fill("ada");
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Sign in to Dotloop");
  expect(mock.requests.at(-1)).toMatchObject({ body: { appKey: "dotloop", customParams: { profile: "ada" } } });
});

test("does not believe a report about a credential that the user does not have", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  const requestId = await page.locator("[data-request-id]").getAttribute("data-request-id");
  await popUp.evaluate((message) => window.opener.postMessage(message, "*"), {
    _rollout: { type: "credential-added", requestId, ok: true, credential: { id: "cred_forged" } },
  });
  await heading(page, "Check before you try again");
  expect(mock.requests.at(-1)).toMatchObject({ method: "GET", path: "/credentials" });
});

test("connects with OAuth without a script: the page opens in a tab, and the account is in the list", async () => {
  const { page } = await openApplication({}, { javaScriptEnabled: false });
  const tab = await openPopUp(page);
  await tab.getByRole("button", { name: "Allow" }).click();
  await tab.getByText("You can close this window.").waitFor();
  await page.getByRole("link", { name: "Show my accounts" }).click();
  await page.getByRole("link", { name: "Ada Example" }).waitFor();
});
