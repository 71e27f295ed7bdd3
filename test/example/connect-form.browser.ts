import { createRolloutClient } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, inject, test } from "vitest";
import { bundleScript, openPage } from "../support/browser.ts";

test("the form of docs/credentials.md asks for each kind of input, and hands over the values for each way to connect", async () => {
  const page = await openPage(inject("exampleUrl"), { bypassCSP: true });
  const client = createRolloutClient({ token: createTestToken("user_1"), ...createRolloutMock().options });
  const all = await client.connectors.list();
  const apps = ["sierra-interactive", "wise-agent", "dotloop", "lofty"];
  const connectors = apps.map((app) => all.find(({ appKey }) => appKey === app));
  await page.addScriptTag({ content: await bundleScript("test/example/connect-form.ts", "form") });
  await page.evaluate((connectors) => {
    const { connectForms } = Reflect.get(window, "form");
    const sent: unknown[] = [];
    Reflect.set(window, "sent", sent);
    const drawn = connectors.flatMap((connector) =>
      connectForms(connector, async (way: { kind: string; plan?: string }, values: object) => {
        sent.push([connector?.appKey, way.kind, way.plan, values]);
      }),
    );
    document.body.replaceChildren(...drawn);
  }, connectors);
  for (const [index, form] of (await page.locator("form").all()).entries()) {
    // Required fields: nothing is sent while one is empty.
    if (index !== 4) await form.getByRole("button").click();
    for (const secret of await form.locator("input[type=password]").all()) await secret.fill(`key ${index}`);
    for (const text of await form.locator("input[type=text]").all()) await text.fill("ada");
    for (const texts of await form.locator("textarea").all()) await texts.fill("North\n\nSouth\n");
    for (const choice of await form.locator("select").all()) await choice.selectOption({ label: "Canada" });
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
