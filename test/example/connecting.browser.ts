import { expect, test } from "vitest";
import { apiKey, choose, connect, enterCode, heading, openApplication } from "./setup.ts";

test("connects an account with the inputs that its connector asks for", async () => {
  const { page, mock } = await openApplication();
  await choose(page, "Sierra Interactive");
  await page.getByLabel("API key").fill(apiKey);
  await page.getByLabel("Region").selectOption({ label: "Canada" });
  await page.getByLabel("Calls").uncheck();
  await page.getByRole("button", { name: "Connect" }).click();
  await heading(page, "The account is connected");
  expect(await page.locator("code").textContent()).toBe(mock.credentials[0]?.id);
  expect(mock.requests.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([
    {
      appKey: "sierra-interactive",
      userInputs: { apiKey, region: "ca" },
      entitiesToSync: { appointments: true, events: true, notes: true, tasks: true },
    },
  ]);
});

test("shows the help of an input without the HTML that could act", async () => {
  const infoHTML = `See <b>Settings</b>. <a href="https://example.com/help" onclick="x()">Help</a> <a href="javascript:x()">Bad</a>
    <img src="x" onerror="x()"><script>document.title = "taken over"</script>`;
  const input = { type: "text", key: "apiKey", label: "API key", placeholder: "key_…", infoHTML };
  const auth = { type: "apiToken", userInputsSchema: [input] };
  const { page } = await openApplication({
    connectors: { brivity: { name: "Brivity", auth, authByPlan: {}, entities: {} } },
  });
  await choose(page, "Brivity");
  expect(await page.getByLabel("API key").getAttribute("placeholder")).toBe("key_…");
  expect((await page.locator(".info").innerHTML()).trim()).toBe(
    'See <b>Settings</b>. <a href="https://example.com/help" rel="noopener noreferrer" target="_blank">Help</a> <a rel="noopener noreferrer" target="_blank">Bad</a>',
  );
  expect(await page.title()).toBe("Connect Brivity");
});

test("asks for the one-time password until it is right", async () => {
  const { page, mock } = await openApplication();
  mock.requireOtp("lofty", "123456");
  await connect(page, "Lofty");
  await heading(page, "Enter the code");
  await page.getByText("We sent a code to the phone number ending in 42.", { exact: true }).waitFor();
  await enterCode(page, "000000");
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123 456");
  await heading(page, "The account is connected");
  expect(mock.credentials).toMatchObject([{ appKey: "lofty" }]);
  expect(mock.requests.filter(({ method }) => method === "POST")).toMatchObject([{ body: { plan: "team" } }]);
});

test("shows why the API refused, and what was typed nowhere", async () => {
  const { page, mock, log } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await connect(page, "Follow Up Boss");
  await heading(page, "The account was not connected");
  await page.getByText("The mock fails with 400, because of failNext.").waitFor();
  expect(await page.content()).not.toContain(apiKey);
  expect(log()).toContain("bad_request");
  expect(log()).not.toContain(apiKey);
});

test("finds the account when the response to its creation is lost", async () => {
  const { page, mock } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "reset", acted: true });
  await connect(page, "Follow Up Boss");
  await heading(page, "The account is connected");
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
  await page.getByRole("link", { name: /^Lofty Account of/ }).waitFor();
});

test("starts again with a new form after a failure, also by the browser's back button", async () => {
  const { page, mock } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400 });
  await connect(page, "Follow Up Boss");
  await heading(page, "The account was not connected");
  await page.goBack();
  await page.getByLabel("API key").fill(apiKey);
  await page.getByRole("button", { name: "Connect" }).click();
  await heading(page, "The account is connected");
  expect(mock.credentials).toHaveLength(1);
});
