import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { otpEvents } from "../../scripts/mock/otp-mock.mjs";
import { clientId, clientSecret } from "./application.ts";
import { connect, enterCode, openApplication } from "./setup.ts";

test("shows HTML in a server's message as text", async () => {
  const message = '<b id="injected">bold</b> & "quoted"';
  const { page } = await openApplication({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeRejected(message));
    },
  });
  await connect(page, "lofty");
  await enterCode(page, "000000");
  expect(await page.getByRole("alert").textContent()).toBe(message);
  expect(await page.locator("#injected").count()).toBe(0);
});

test("keeps the form when an input has no name", async () => {
  const { page, api } = await openApplication();
  await page.getByLabel("Name").first().fill("");
  await connect(page, "follow-up-boss");
  await page.getByRole("alert").getByText("Name the application").waitFor();
  expect(api.requests).toHaveLength(0);
});

test("gives Rollout Link a token for the user of the session, and nobody else", async () => {
  const { page, url } = await openApplication();
  const { token } = await page.evaluate(async () => (await fetch("/rollout-token")).json());
  const [header, claims, signature] = String(token).split(".");
  expect(signature).toBe(createHmac("sha512", clientSecret).update(`${header}.${claims}`).digest("base64url"));
  expect(JSON.parse(Buffer.from(claims ?? "", "base64url").toString())).toMatchObject({
    iss: clientId,
    sub: expect.stringMatching(/^user_/),
  });
  expect((await fetch(`${url}/rollout-token`)).status).toBe(401);
});

test("refuses a form that another site sends", async () => {
  const { page, api, url } = await openApplication();
  const [session] = await page.context().cookies();
  const answer = await fetch(`${url}/connections/1`, {
    method: "POST",
    headers: { origin: "http://elsewhere.example", cookie: `session=${session?.value}` },
    body: new URLSearchParams({ appKey: "follow-up-boss" }),
  });
  expect(answer.status).toBe(403);
  expect(api.requests).toHaveLength(0);
});
