import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { collectOutput } from "./process-output.ts";
import { enterCode, heading, openPage } from "./setup.ts";

const program = fileURLToPath(new URL("../../scripts/example.mjs", import.meta.url));

test("one command builds the example and starts it against the mock", async () => {
  const page = await openPage(inject("exampleUrl"));
  await page.getByRole("link", { name: "Lofty" }).click();
  await page.getByLabel("API key").fill("made up");
  await page.getByRole("button", { name: "Connect" }).click();
  await enterCode(page, "123456");
  await heading(page, "The account is connected");
});

test("the command refuses half a server in one line", async () => {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [program], { env: { PATH, HOME, ROLLOUT_CLIENT_ID: "id" } });
  const output = collectOutput(child);
  expect(await once(child, "close")).toEqual([1, null]);
  expect(output.text).toMatch(/^To use a server of yours, set ROLLOUT_BASE_URL and ROLLOUT_CLIENT_SECRET too; .*\n$/);
});
