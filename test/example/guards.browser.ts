import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
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
  const [header, claims, signature] = String(token).split(".");
  expect(signature).toBe(createHmac("sha512", clientSecret).update(`${header}.${claims}`).digest("base64url"));
  expect(JSON.parse(Buffer.from(claims ?? "", "base64url").toString())).toMatchObject({
    iss: clientId,
    sub: expect.stringMatching(/^user_/),
  });
  expect((await fetch(`${url}/rollout-token`)).status).toBe(401);
});

test.each(["/connections/1", "/accounts/cred_1/entities", "/accounts/cred_1/disconnect"])(
  "refuses a form to %s that another site sends",
  async (path) => {
    const { page, mock, url } = await openApplication();
    const [session] = await page.context().cookies();
    const before = mock.requests.length;
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { origin: "http://elsewhere.example", cookie: `session=${session?.value}` },
      body: new URLSearchParams({ appKey: "follow-up-boss" }),
    });
    expect(response.status).toBe(403);
    expect(mock.requests).toHaveLength(before);
  },
);

test("a visitor who has not signed in costs no session and no call", async () => {
  const { url, mock } = await openApplication();
  const before = mock.requests.length;
  for (const path of ["/", "/?search=lofty", "/apps/lofty", "/accounts/cred_1", "/none"]) {
    expect((await fetch(`${url}${path}`)).headers.get("Set-Cookie")).toBeNull();
  }
  expect(mock.requests).toHaveLength(before);
});

const CONNECTION = "/connections/00000000-0000-4000-8000-000000000000";
const FORM = "application/x-www-form-urlencoded";
const CR_LF = "cred%0d%0aX-Injected:%20yes";
test.each([
  ["GET", `/accounts/${CR_LF}`, 404],
  ["GET", `/apps/${CR_LF}`, 404],
  ["GET", `/connections/${CR_LF}`, 404],
  ["POST", `/accounts/${CR_LF}/disconnect`, 303],
  ["POST", `/accounts/${CR_LF}/entities`, 404],
  ["POST", `/accounts/${CR_LF}/people`, 404],
  ["POST", `/connections/${CR_LF}`, 404],
  ["POST", `/connections/${CR_LF}/code`, 404],
  ["POST", CONNECTION, 400, "multipart/form-data; boundary=x"],
  ["POST", `${CONNECTION}/code`, 400, "multipart/form-data; boundary=x"],
  ["POST", CONNECTION, 400, "multipart/form-data"],
  ["POST", CONNECTION, 404, "application/json"],
  ["POST", CONNECTION, 413, FORM, "a".repeat(70_000)],
  ["GET", "/%E0%A4%A", 404],
])("%s %s is answered with %i: %s", async (method, path, status, contentType = FORM, body = "appKey=%0d%0a") => {
  const { page, url, log } = await openApplication();
  const [session] = await page.context().cookies();
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    headers: { origin: url, cookie: `session=${session?.value}`, "content-type": contentType },
    ...(method === "POST" && { body }),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get("X-Injected")).toBeNull();
  expect(log().failures).toBe("");
});

test("one visitor sees nothing of another's connections and accounts", async () => {
  const { page, url } = await openApplication();
  await connect(page, "Follow Up Boss");
  await heading(page, "Follow Up Boss is connected");
  const browser = page.context().browser();
  const stranger = await browser?.newPage();
  await stranger?.goto(url);
  if (stranger !== undefined) await signIn(stranger);
  await stranger?.goto(page.url());
  expect(stranger?.url()).toBe(`${url}/`);
  await stranger?.getByText("Nothing is connected yet.").waitFor();
  await stranger?.close();
});
