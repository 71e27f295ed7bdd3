import { inject, test } from "vitest";
import { enterCode, heading, openPage, signIn } from "./setup.ts";

test("one command builds the example and starts it against the mock", async () => {
  const page = await openPage(inject("exampleUrl"));
  await signIn(page);
  await page.getByRole("link", { name: "Lofty" }).click();
  await page.getByLabel("API key").fill("made up");
  await page.getByRole("button", { name: "Connect" }).click();
  await enterCode(page, "123456");
  await heading(page, "Lofty is connected");
});
