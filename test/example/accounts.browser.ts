import { expect, test } from "vitest";
import { choose, connect, enterKey, heading, openAccount, openApplication } from "./setup.ts";

test("finds an app by a part of its name while the user types", async () => {
  const { page } = await openApplication();
  await page.getByRole("searchbox").fill("sky");
  await page.getByText("1 app", { exact: true }).waitFor();
  expect(await page.locator("#apps li:visible").allTextContents()).toEqual([expect.stringContaining("SkySlope")]);
  await page.getByRole("searchbox").fill("nothing like it");
  await page.getByText("No app matches").waitFor();
});

test("finds an app without a script", async () => {
  const { page } = await openApplication({}, { javaScriptEnabled: false });
  await page.getByRole("searchbox").fill("SKY");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("1 app", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Show all apps" }).click();
  await page.getByText("10 apps", { exact: true }).waitFor();
});

test("shows what is connected, changes what syncs, knows both after a restart, and disconnects", async () => {
  const { page, mock, restart } = await openApplication();
  await page.getByText("Nothing is connected yet.").waitFor();
  await connect(page, "Lofty");
  await page.getByRole("link", { name: "Show my accounts" }).click();
  await page.getByRole("link", { name: "Ada Example" }).click();
  await heading(page, "Lofty");
  await page.getByLabel("Calls").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await restart();
  await page.reload();
  expect(await page.getByLabel("Calls").isChecked()).toBe(false);
  expect(await page.getByLabel("Notes").isChecked()).toBe(true);
  const [saved] = mock.requests.filter(({ method }) => method === "PUT").map(({ body }) => body);
  expect(saved).toMatchObject({ entitiesToSync: { notes: true, tasks: true } });
  // Rollout does not store `false`.
  expect(JSON.stringify(saved)).not.toContain("false");
  await page.getByText("Disconnect this account").click();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("status").getByText("The account is disconnected.").waitFor();
  await page.getByText("Nothing is connected yet.").waitFor();
  expect(mock.credentials).toEqual([]);
});

test("shows people names and days, and no ids, plan keys or times of machines; marks the apps that are connected", async () => {
  const { page, url } = await openApplication();
  const texts: string[] = [];
  const read = async () => texts.push(...(await page.locator("main").allTextContents()));
  await choose(page, "Lofty");
  await read();
  await enterKey(page);
  await heading(page, "Lofty is connected");
  await read();
  await page.goto(url);
  await read();
  expect(await page.locator("#apps li", { hasText: "Connected" }).allTextContents()).toEqual([
    expect.stringContaining("Lofty"),
  ]);
  await openAccount(page, url);
  await heading(page, "Lofty");
  await read();
  expect(texts.filter((text) => /cred_|user_|^team$|\d-\d\d-\d|\dT\d/m.test(text))).toEqual([]);
  expect(texts[0]).toContain("Team");
});

test("shows the apps when the accounts cannot be listed", async () => {
  const { page, mock } = await openApplication();
  mock.failNext({ on: "GET /credentials", fault: "status", status: 403 });
  await page.reload();
  await page.getByRole("alert").getByText("our application is not set up properly").waitFor();
  await page.getByRole("link", { name: "Lofty" }).waitFor();
});
