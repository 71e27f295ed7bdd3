import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { collectOutput, urlIn } from "./application.ts";
import { launchChromium } from "./chromium.ts";

const program = fileURLToPath(new URL("../../scripts/example.mjs", import.meta.url));

function runExample(environment: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [program], { env: { PATH, HOME, DATABASE_FILE: ":memory:", ...environment } });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill()) await once(child, "close");
  });
  return { child, output: collectOutput(child) };
}

test("one command builds the example and starts it against the mock", async () => {
  const { child, output } = runExample({});
  const url = await urlIn(output, child);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole("link", { name: "Lofty" }).click();
  await page.getByLabel("API key").fill("made up");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByLabel("Code").fill("123456");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "The account is connected" }).waitFor();
  child.kill();
  expect(await once(child, "close")).toEqual([0, null]);
});

test("refuses half a server in one line", async () => {
  const { child, output } = runExample({ ROLLOUT_CLIENT_ID: "id" });
  expect(await once(child, "close")).toEqual([1, null]);
  expect(output.text).toMatch(/^To use a server of yours, set ROLLOUT_BASE_URL and ROLLOUT_CLIENT_SECRET too; .*\n$/);
});
