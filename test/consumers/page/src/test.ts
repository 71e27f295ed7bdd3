import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { createTestToken } from "rollout-client/testing";
import { build } from "vite";

const mock = spawn("rollout-client", ["mock", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
// The page's own server, for a user who is signed in.
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://page.test");
  if (pathname === "/rollout-token") return response.end(JSON.stringify({ token: createTestToken("user_1") }));
  const file = pathname === "/" ? "/index.html" : pathname;
  response.setHeader("Content-Type", file.endsWith(".js") ? "text/javascript" : "text/html");
  return response.end(await readFile(`built${file}`).catch(() => ""));
});
let browser: Browser;
let page: Page;
let url: string;

before(async () => {
  for await (const line of createInterface(mock.stdout)) {
    const baseUrl = /^ROLLOUT_BASE_URL=(.+)$/.exec(line)?.[1];
    if (baseUrl === undefined) continue;
    process.env.VITE_ROLLOUT_URL = baseUrl;
    break;
  }
  await build({ logLevel: "warn", build: { outDir: "built" } });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const executablePath = process.env.CHROMIUM_PATH ?? "";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});

after(async () => {
  await browser?.close();
  server.close();
  mock.kill();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(url);
});

async function choose(app: string) {
  await page.getByLabel("App").selectOption({ label: app });
}

async function click(button: string) {
  await page.getByRole("button", { name: button }).first().click();
}

async function says(text: string | RegExp) {
  await page.getByText(text, { exact: true }).waitFor();
}

test("an app is connected by its form", async () => {
  await choose("Sierra Interactive");
  await click("Connect");
  assert.equal(await page.getByRole("status").textContent(), "", "a required field is empty");
  await page.getByLabel("API key").fill("a key");
  await page.getByRole("combobox").nth(1).selectOption({ index: 1 });
  await click("Connect");
  await says(/^Sierra Interactive is connected: cred_/);
});

test("an app is connected with a one-time password, after a wrong one", async () => {
  await choose("Lofty");
  await page.getByLabel("API key").fill("a key");
  await click("Connect");
  for (const code of ["000000", "123456"]) {
    await page.locator("[name=code]").fill(code);
    await click("Send the code");
  }
  await says(/^Lofty is connected: cred_/);
});

test("a user gives up after a wrong one-time password", async () => {
  await choose("Lofty");
  await page.getByLabel("API key").fill("a key");
  await click("Connect");
  await page.locator("[name=code]").fill("000000");
  await click("Send the code");
  await page.locator("[name=code]").fill("123456");
  await page.keyboard.press("Escape");
  await says("Not connected.");
});

test("an app is connected in a pop-up, or refused there", async () => {
  for (const [reply, outcome] of [
    ["Allow", /^HubSpot is connected: cred_/],
    ["Deny", "Not connected. The user denied the access."],
  ] as const) {
    await choose("HubSpot");
    const opened = page.waitForEvent("popup");
    await click("Continue");
    await (await opened).getByRole("button", { name: reply }).click();
    await says(outcome);
  }
});

test("a refusal is shown with its reasons", async () => {
  await choose("SkySlope");
  for (const field of await page.locator("#forms input").all()) await field.fill("made up");
  await click("Connect");
  await says("Not connected. The username or the password is wrong.");
});
