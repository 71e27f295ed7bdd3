import { jwtVerify } from "jose";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPage } from "../support/browser.ts";
import { clientId, clientSecret } from "./application.ts";
import { connect, heading, openApplication, signIn } from "./setup.ts";

test("shows HTML in a server's message as text", async () => {
  const message = '<b id="injected">bold</b> & "quoted"';
  const { page, mock } = await openApplication();
  mock.failNext({ on: "POST /credentials", fault: "status", status: 400, body: { errors: [{ message }] } });
  await connect(page, "Follow Up Boss");
  expect(await page.getByRole("alert").getByRole("listitem").textContent()).toBe(message);
  expect(await page.locator("#injected").count()).toBe(0);
});

test("allows no script but its own, and no other site to frame it", async () => {
  const { url } = await openApplication();
  const policy = (await fetch(url)).headers.get("Content-Security-Policy") ?? "";
  expect(policy.split("; ")).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]),
  );
});

test("gives Rollout Link a token for the user of the session, and nobody else", async () => {
  const { page, url } = await openApplication();
  const { token } = await page.evaluate(async () => (await fetch("/rollout-token")).json());
  const { payload } = await jwtVerify(String(token), new TextEncoder().encode(clientSecret));
  expect(payload).toMatchObject({ iss: clientId, sub: expect.stringMatching(/^user_/) });
  expect((await fetch(`${url}/rollout-token`)).status).toBe(401);
});

/** Sends a request with the session of the page's visitor. */
async function sendAs(page: Page, url: string, init: RequestInit & { headers: Record<string, string> }) {
  const [session] = await page.context().cookies();
  const headers = { ...init.headers, cookie: `session=${session?.value}` };
  return fetch(url, { ...init, headers, redirect: "manual" });
}

test("a form that another site sends is refused", async () => {
  const { page, mock, url } = await openApplication();
  const before = mock.requests.length;
  for (const path of ["/connections/1", "/accounts/cred_1/entities", "/accounts/cred_1/disconnect"]) {
    const headers = { origin: "http://elsewhere.example" };
    const body = new URLSearchParams({ appKey: "follow-up-boss" });
    expect((await sendAs(page, `${url}${path}`, { method: "POST", headers, body })).status).toBe(403);
  }
  expect(mock.requests).toHaveLength(before);
});

test("a visitor who has not signed in costs no session and no call", async () => {
  const { url, mock } = await openApplication();
  const before = mock.requests.length;
  for (const path of ["/", "/?search=lofty", "/apps/lofty", "/accounts/cred_1", "/none"]) {
    expect((await fetch(`${url}${path}`)).headers.get("Set-Cookie")).toBeNull();
  }
  expect(mock.requests).toHaveLength(before);
});

test("whatever a visitor sends, the application answers without failing", async () => {
  const { page, url, log } = await openApplication();
  const connection = "/connections/00000000-0000-4000-8000-000000000000";
  const CR_LF = "cred%0d%0aX-Injected:%20yes";
  const forms: [path: string, status: number, contentType?: string, body?: string][] = [
    [`/accounts/${CR_LF}/disconnect`, 303],
    [`/accounts/${CR_LF}/entities`, 404],
    [`/connections/${CR_LF}/code`, 404],
    [`${connection}/code`, 400, "multipart/form-data; boundary=x"],
    [connection, 400, "multipart/form-data"],
    [connection, 404, "application/json"],
    [connection, 413, "application/x-www-form-urlencoded", "a".repeat(70_000)],
  ];
  for (const path of [`/accounts/${CR_LF}`, `/apps/${CR_LF}`, `/connections/${CR_LF}`, "/%E0%A4%A"]) {
    expect((await sendAs(page, `${url}${path}`, { headers: {} })).status, path).toBe(404);
  }
  for (const [path, status, contentType = "application/x-www-form-urlencoded", body = "appKey=%0d%0a"] of forms) {
    const headers = { origin: url, "content-type": contentType };
    const response = await sendAs(page, `${url}${path}`, { method: "POST", headers, body });
    expect([response.status, response.headers.get("X-Injected")], `${path} ${contentType}`).toEqual([status, null]);
  }
  expect(log().failures).toBe("");
});

test("one visitor sees nothing of another's connections and accounts", async () => {
  const { page, url } = await openApplication();
  await connect(page, "Follow Up Boss");
  await heading(page, "Follow Up Boss is connected");
  const stranger = await openPage(url);
  await signIn(stranger);
  await stranger.goto(page.url());
  expect(stranger.url()).toBe(`${url}/`);
  await stranger.getByText("Nothing is connected yet.").waitFor();
});
