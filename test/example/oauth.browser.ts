import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { choose, heading, openApplication } from "./setup.ts";

/** Goes to the page that opens the pop-up, and opens it. */
async function openPopUp(page: Page): Promise<Page> {
  await choose(page, "HubSpot");
  await page.getByRole("button", { name: "Continue" }).click();
  await heading(page, "Sign in to HubSpot");
  const popUp = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open HubSpot" }).click();
  return popUp;
}

test("connects an account that the user signs in to in a pop-up", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  await popUp.getByRole("button", { name: "Allow" }).click();
  await heading(page, "The account is connected");
  expect(mock.credentials).toMatchObject([{ appKey: "hubspot" }]);
  await page.getByText(mock.credentials[0]?.id ?? "no credential").waitFor();
});

test("says so when the user refuses in the pop-up, and lets them try again", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  await popUp.getByRole("button", { name: "Deny" }).click();
  await page.getByRole("status").getByText("Nothing was connected.").waitFor();
  expect(mock.credentials).toEqual([]);
  expect(await page.getByRole("link", { name: "Open HubSpot" }).isVisible()).toBe(true);
});

test("ignores a report that does not come from the pop-up, and one about another request", async () => {
  const { page } = await openApplication();
  const popUp = await openPopUp(page);
  const report = (requestId: string | undefined) => ({
    _rollout: { type: "credential-added", requestId, ok: true, credential: { id: "cred_forged" } },
  });
  const requestId = await page.locator("[data-sign-in]").getAttribute("data-sign-in");
  await page.evaluate((message) => window.postMessage(message, "*"), report(requestId ?? undefined));
  await popUp.evaluate((message) => window.opener.postMessage(message, "*"), report("request_of_somebody_else"));
  // Messages arrive in order: after the refusal, the two before it were seen.
  await popUp.getByRole("button", { name: "Deny" }).click();
  await page.getByRole("status").getByText("Nothing was connected.").waitFor();
  await heading(page, "Sign in to HubSpot");
});

test("ignores a report from a pop-up that has gone to another origin", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  const requestId = await page.locator("[data-sign-in]").getAttribute("data-sign-in");
  const elsewhere = mock.options.baseUrl.replace("127.0.0.1", "localhost");
  await popUp.evaluate((href) => location.assign(href), elsewhere);
  await popUp.waitForURL(elsewhere);
  await page.evaluate(() => {
    const arrival = new Promise((resolve) => addEventListener("message", () => resolve(true), { once: true }));
    Reflect.set(window, "arrival", arrival);
  });
  await popUp.evaluate((id) => {
    const report = { type: "credential-added", requestId: id, ok: false, error: "denied" };
    window.opener.postMessage({ _rollout: report }, "*");
  }, requestId);
  expect(await page.evaluate(() => Reflect.get(window, "arrival"))).toBe(true);
  expect(await page.locator("#sign-in-status").textContent()).toBe("Waiting for you to sign in …");
});

test("does not believe a report about a credential that the user does not have", async () => {
  const { page, mock } = await openApplication();
  const popUp = await openPopUp(page);
  const requestId = await page.locator("[data-sign-in]").getAttribute("data-sign-in");
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
  await page.getByRole("link", { name: /^HubSpot Account of/ }).waitFor();
});
