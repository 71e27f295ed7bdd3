import { createHmac } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerByAppKey } from "../../scripts/example-mock.mjs";
import { otpEvents } from "../../scripts/otp-mock.mjs";
import { type Prism, startPrism } from "../../scripts/prism.mjs";
import { type ApplicationOptions, clientId, clientSecret, startApplication } from "./application.ts";
import { launchChromium } from "./chromium.ts";

const apiKey = "key-that-only-the-api-may-see";

let browser: Browser;
let prism: Prism;
beforeAll(async () => {
  browser = await launchChromium();
  prism = await startPrism(new URL("../../src/generated/openapi.json", import.meta.url));
});
afterAll(async () => {
  await browser?.close();
  await prism?.stop();
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function openApplication(options: Omit<ApplicationOptions, "prismUrl"> = {}) {
  const application = await startApplication({ prismUrl: prism.url, ...options });
  stops.push(application.stop);
  const page = await browser.newPage();
  stops.push(() => page.close());
  await page.goto(application.url);
  return { ...application, page };
}

async function fillIn(page: Page, appKey: string) {
  await page.getByLabel("Application").fill(appKey);
  await page.getByLabel("Value").first().fill(apiKey);
}

async function connect(page: Page, appKey: string) {
  await fillIn(page, appKey);
  await page.getByRole("button", { name: "Connect" }).click();
}

async function enterCode(page: Page, code: string) {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

const heading = (page: Page, name: string) => page.getByRole("heading", { name }).waitFor();

test("connects an account", async () => {
  const { page, api } = await openApplication();
  await connect(page, "followupboss");
  await heading(page, "The account is connected");
  expect(await page.locator("code").textContent()).toBe("cred_01example");
  expect(api.requests).toMatchObject([{ method: "POST", path: "/credentials" }]);
  expect(JSON.parse(api.requests[0]?.body ?? "")).toEqual({ appKey: "followupboss", userInputs: { apiKey } });
});

test("asks for the one-time password until it is right", async () => {
  const { page, api, otp } = await openApplication();
  await connect(page, "lofty");
  await heading(page, "Enter the code");
  await page.getByText("We sent a code to the phone number ending in 42.", { exact: true }).waitFor();
  await enterCode(page, "000000");
  await page.getByRole("alert").getByText("This code is wrong or has expired.").waitFor();
  await enterCode(page, "123 456");
  await heading(page, "The account is connected");
  expect(await page.locator("code").textContent()).toBe("credential_after_otp");
  expect(api.requests).toHaveLength(1);
  expect(otp.conversations).toMatchObject([{ otpChallengeId: "otp_01example" }, { otpChallengeId: "otp_01example" }]);
  expect(otp.conversations.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test("shows why the API refused, and what was typed nowhere", async () => {
  const { page, output } = await openApplication();
  await connect(page, "skyslope");
  await heading(page, "The account was not connected");
  await page.getByText("The appKey is not one of the supported apps.").waitFor();
  expect(await page.content()).not.toContain(apiKey);
  expect(output.text).toContain("bad_request");
  expect(output.text).not.toContain(apiKey);
});

test("tells to check first when the account may be connected all the same", async () => {
  const { page } = await openApplication();
  await connect(page, "gmail");
  await heading(page, "Check before you try again");
});

test("tells to check first when the code was accepted and the connection lost after it", async () => {
  const { page } = await openApplication({
    script: async (conversation) => {
      await conversation.nextCode();
      conversation.send(otpEvents.codeAccepted());
      conversation.terminate();
    },
  });
  await connect(page, "lofty");
  await enterCode(page, "123456");
  await heading(page, "Check before you try again");
});

test("starts again with a new form after a failure, also by the browser's back button", async () => {
  const { page, api } = await openApplication();
  await connect(page, "skyslope");
  await heading(page, "The account was not connected");
  await page.goBack();
  await connect(page, "followupboss");
  await heading(page, "The account is connected");
  expect(api.requests).toHaveLength(2);
});

test("a double click creates one credential", async () => {
  const { page, api } = await openApplication();
  await fillIn(page, "followupboss");
  await page.getByRole("button", { name: "Connect" }).dblclick();
  await heading(page, "The account is connected");
  expect(api.requests).toHaveLength(1);
});

test("a second click while the first is being worked on creates one credential", async () => {
  const moments = new EventEmitter();
  const { page, api } = await openApplication({
    prefer: async (request) => {
      const answered = once(moments, "answer");
      moments.emit("asked");
      await answered;
      return answerByAppKey(request);
    },
  });
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") sent += 1;
  });
  const asked = once(moments, "asked");
  await fillIn(page, "followupboss");
  await page.getByRole("button", { name: "Connect" }).click({ noWaitAfter: true });
  await asked;
  const sentAgain = page.waitForRequest((request) => request.method() === "POST");
  await page.getByRole("button", { name: "Connect" }).click({ noWaitAfter: true });
  await sentAgain;
  moments.emit("answer");
  await heading(page, "The account is connected");
  await page.reload();
  await heading(page, "The account is connected");
  expect(sent).toBe(2);
  expect(api.requests).toHaveLength(1);
});

test("a double click on the code sends it once", async () => {
  const { page, otp } = await openApplication();
  await connect(page, "lofty");
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Continue" }).dblclick();
  await page.getByRole("alert").waitFor();
  await enterCode(page, "123456");
  await heading(page, "The account is connected");
  expect(otp.conversations.flatMap(({ frames }) => frames)).toEqual([
    '{"event":"ENTER_OTP","otp":"000000"}',
    '{"event":"ENTER_OTP","otp":"123456"}',
  ]);
});

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
  await connect(page, "followupboss");
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
    body: new URLSearchParams({ appKey: "followupboss" }),
  });
  expect(answer.status).toBe(403);
  expect(api.requests).toHaveLength(0);
});
