import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiKey, choose, connect, enterCode, enterKey, heading, openApplication } from "./setup.ts";

test("shows an input's help without the HTML that could act, and takes an API key for a secret whatever its type says", async () => {
  const infoHTML = `See <b>Settings</b>. <a href="https://example.com/help" onclick="x()">Help</a> <a href="javascript:x()">Bad</a>
    <img src="x" onerror="x()"><script>document.title = "taken over"</script>`;
  const input = { type: "textfield", key: "apiKey", label: "API key", placeholder: "key_…", infoHTML };
  const auth = { type: "apiToken", userInputsSchema: [input] };
  const connectors = { brivity: { name: "Brivity", auth, authByPlan: {}, entities: {} } };
  const { page } = await openApplication({ connectors });
  await choose(page, "Brivity");
  const field = page.getByLabel("API key");
  expect(await field.getAttribute("placeholder")).toBe("key_…");
  expect((await page.locator(".hint").innerHTML()).trim()).toBe(
    'See <b>Settings</b>. <a href="https://example.com/help" rel="noopener noreferrer" target="_blank">Help</a> <a rel="noopener noreferrer" target="_blank">Bad</a>',
  );
  expect(await page.title()).toBe("Connect Brivity");
  expect(await field.getAttribute("type")).toBe("password");
  await page.getByRole("button", { name: "Show" }).click();
  expect(await field.getAttribute("type")).toBe("text");
});

test("asks for the one-time password until it is right", async () => {
  const { page, mock, sent } = await openApplication();
  mock.requireOtp("lofty", "123456");
  await connect(page, "Lofty");
  await heading(page, "Enter the code");
  await page.getByText("We sent a code to the phone number ending in 42.", { exact: true }).waitFor();
  await enterCode(page, "000000");
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123 456");
  await heading(page, "Lofty is connected");
  expect(mock.credentials).toMatchObject([{ appKey: "lofty" }]);
  expect(sent("POST")).toMatchObject([{ plan: "team" }]);
});

test.each([
  ["Sierra Interactive", {}, ["API key", "Region"]],
  ["SkySlope", { Username: "ada" }, ["Password"]],
  ["Wise Agent", { "API key": "  " }, ["API key"]],
  ["Dotloop", {}, ["Profile"]],
])("connects nothing while the form of %s has only %j, and keeps that", async (app, entered, missing) => {
  const { page, mock } = await openApplication();
  await choose(page, app);
  for (const [label, value] of Object.entries(entered)) await page.getByLabel(label).fill(value);
  const invalid = page.locator("form :invalid:not(fieldset)");
  const blank = Object.values(entered).some((value) => value.trim() === "");
  expect(await invalid.count()).toBe(blank ? 0 : missing.length);
  // A browser would not send it.
  await page.locator("form").evaluate((form: HTMLFormElement) => Object.assign(form, { noValidate: true }));
  await page.getByRole("button", { name: /Connect|Continue/ }).click();
  expect(await page.getByRole("alert").getByRole("listitem").allTextContents()).toEqual(missing);
  expect(await page.locator("[aria-invalid]").count()).toBe(missing.length);
  for (const [label, value] of Object.entries(entered)) {
    expect(await page.getByLabel(label).inputValue()).toBe(value.trim());
  }
  expect(mock.requests.filter(({ method }) => method === "POST")).toEqual([]);
});

test("after a refusal, people correct what they entered; secrets are shown and stored nowhere", async () => {
  const { page, mock, sent, log, databaseFile } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await choose(page, "Sierra Interactive");
  await page.getByLabel("Region").selectOption({ label: "Canada" });
  await page.getByLabel("Calls").uncheck();
  await enterKey(page);
  await page.getByText("The mock fails with 400, because of failNext.").waitFor();
  for (const text of [await page.content(), log().notes, readFileSync(databaseFile, "latin1")]) {
    expect(text).not.toContain(apiKey);
  }
  expect(log()).toMatchObject({ failures: "", notes: expect.stringContaining("400") });
  expect(await page.getByLabel("Region").inputValue()).toBe("ca");
  expect(await page.getByLabel("Calls").isChecked()).toBe(false);
  await page.getByLabel("API key").fill("corrected");
  await page.getByRole("button", { name: "Connect" }).click();
  await heading(page, "Sierra Interactive is connected");
  const entitiesToSync = { appointments: true, events: true, notes: true, tasks: true };
  const input = { appKey: "sierra-interactive", entitiesToSync };
  expect(sent("POST")).toEqual(
    [apiKey, "corrected"].map((apiKey) => ({ ...input, userInputs: { apiKey, region: "ca" } })),
  );
});

test("sends a new code, and after a restart asks for the secret again first", async () => {
  const { page, mock, sent, restart } = await openApplication();
  mock.requireOtp("lofty", "123456");
  await connect(page, "Lofty");
  await page.getByRole("button", { name: "Send a new code" }).click();
  await page.getByRole("status").getByText("A new code is on its way.").waitFor();
  await restart();
  await page.getByRole("button", { name: "Send a new code" }).click();
  await heading(page, "Connect Lofty");
  await enterKey(page);
  await enterCode(page, "123456");
  await heading(page, "Lofty is connected");
  expect(sent("POST")).toHaveLength(3);
  expect(mock.credentials).toHaveLength(1);
});

test("finds the account when the response to its creation is lost", async () => {
  const { page, mock } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "reset", acted: true });
  await connect(page, "Follow Up Boss");
  await heading(page, "Follow Up Boss is connected");
  expect(mock.credentials).toHaveLength(1);
});

test("advises to check first when the code was accepted and the connection lost after it", async () => {
  const { page, mock } = await openApplication();
  mock.requireOtp("lofty", "123456");
  mock.failNext({ on: "otp", fault: "reset", acted: true });
  await connect(page, "Lofty");
  await enterCode(page, "123456");
  await heading(page, "Check before you try again");
  await page.getByRole("link", { name: "Show my accounts" }).click();
  await page.getByRole("link", { name: "Ada Example" }).waitFor();
});

test("starts again with a new form after a failure, also by the browser's back button", async () => {
  const { page, mock } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await connect(page, "Follow Up Boss");
  await page.getByRole("alert").waitFor();
  await page.goBack();
  await enterKey(page);
  await heading(page, "Follow Up Boss is connected");
  expect(mock.credentials).toHaveLength(1);
});
