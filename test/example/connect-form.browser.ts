import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, inject, test } from "vitest";
import { bundleScript, openPage } from "../support/browser.ts";

test("the form of docs/credentials.md asks for each kind of input, and hands over the values for each way to connect", async () => {
  const page = await openPage(inject("exampleUrl"), { bypassCSP: true });
  const mock = createRolloutMock();
  const headers = { Authorization: `Bearer ${createTestToken("user_1")}` };
  const connectors = await (await mock.options.fetch(`${mock.options.baseUrl}/connectors`, { headers })).json();
  await page.addScriptTag({ content: await bundleScript("test/example/connect-form.ts", "form") });
  const drawn = await page.evaluate((connectors) => {
    const { connectForms } = Reflect.get(window, "form");
    const sent: unknown[] = [];
    Reflect.set(window, "sent", sent);
    document.body.replaceChildren(
      ...["sierra-interactive", "wise-agent", "dotloop", "lofty"].flatMap((appKey) =>
        connectForms(
          { ...connectors[appKey], appKey },
          async (way: { kind: string; plan?: string }, values: object) => {
            sent.push([appKey, way.kind, way.plan, values]);
          },
        ),
      ),
    );
    return document.forms.length;
  }, connectors);
  expect(drawn).toBe(5);
  // Required fields: nothing is sent while one is empty.
  await page.locator("form").first().getByRole("button").click();
  expect(await page.evaluate(() => Reflect.get(window, "sent"))).toEqual([]);
  for (const [index, form] of (await page.locator("form").all()).entries()) {
    const secrets = form.locator("input[type=password]");
    if ((await secrets.count()) > 0) await secrets.fill(`key ${index}`);
    if ((await form.locator("select").count()) > 0) await form.locator("select").selectOption({ label: "Canada" });
    if ((await form.locator("textarea").count()) > 0) await form.locator("textarea").fill("North\n\nSouth\n");
    if ((await form.locator("input[type=text]").count()) > 0) await form.locator("input[type=text]").fill("ada");
    await form.getByRole("button").click();
  }
  expect(await page.evaluate(() => Reflect.get(window, "sent"))).toEqual([
    ["sierra-interactive", "form", undefined, { apiKey: "key 0", region: "ca" }],
    ["wise-agent", "form", undefined, { apiKey: "key 1", teams: ["North", "South"] }],
    ["dotloop", "oauth", undefined, { profile: "ada" }],
    ["lofty", "form", "team", { apiKey: "key 3" }],
    ["lofty", "oauth", "enterprise", {}],
  ]);
});
