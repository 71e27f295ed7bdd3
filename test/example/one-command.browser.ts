import { inject, test } from "vitest";
import { openPage } from "../support/browser.ts";
import { connect, enterCode, heading, signIn } from "./setup.ts";

test("one command builds the example and starts it against the mock", async () => {
  const page = await openPage(inject("exampleUrl"));
  await signIn(page);
  await connect(page, "Lofty");
  await enterCode(page, "123456");
  await heading(page, "Lofty is connected");
});
