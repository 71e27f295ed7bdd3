import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { bundleScript, openPage as openWindow } from "../support/browser.ts";
import { json, type PlainResponse, startHttpServer } from "../support/servers.ts";

const requestId = "req_1";
const connected = report({ ok: true, credential: { id: "cred_1" } });

// The page that opens the pop-up. Its functions are what the tests call; `outcome` is how the last of them ended.
const OPENER = `<!doctype html><title>Opener</title><button>Connect</button><script src="/popup.js"></script><script>
  const received = [], controller = new AbortController();
  let popup, popupWindow, outcome, failure;
  addEventListener("message", ({ data }) => received.push(data));
  addEventListener("unhandledrejection", ({ reason }) => { failure = String(reason); });
  const { open } = window;
  window.open = (...values) => (popupWindow = open(...values));
  const describe = ({ name, code, mayHaveSucceeded, errors, option, message }) =>
    ({ name, code, mayHaveSucceeded, errors, option, message });
  const connect = (authorization, options) => { outcome = popup.connect(authorization, options).catch(describe); };
  document.querySelector("button").onclick = () => {
    try { popup = rollout.openAuthorizePopup(); } catch (error) { outcome = describe(error); }
  };
</script>`;

let scripts: Readonly<Record<string, string>>;
beforeAll(async () => {
  scripts = {
    "/popup.js": await bundleScript("src/popup.ts", "rollout"),
    "/connect-hubspot.js": await bundleScript("test/popup/connect-hubspot.ts", "rollout"),
  };
});

/** A report of the page on which the user signs in. */
function report(result: object) {
  return { _rollout: { type: "credential-added", requestId, ...result } };
}

function html(body: string, headers: Readonly<Record<string, string>> = {}): PlainResponse {
  return { headers: { "Content-Type": "text/html; charset=utf-8", ...headers }, body };
}

/** Opens the page with the button, in a window of its own. `signIn` is a page of another site. */
async function openPage({ opener = html(OPENER), signIn = html("<!doctype html><title>Sign in</title>") } = {}) {
  const application = await startHttpServer(({ url }) => {
    if (url === "/rollout-token") return json({ token: "made-up" });
    const body = scripts[url];
    return body === undefined ? opener : { body };
  });
  const other = await startHttpServer(() => signIn);
  const page = await openWindow(application.url);
  return { page, url: `http://localhost:${other.port}/sign-in`, requests: other.requests };
}

/** Clicks the button, and resolves to the pop-up. */
async function openPopUp(page: Page): Promise<Page> {
  const popUp = page.waitForEvent("popup");
  await page.getByRole("button").click();
  return popUp;
}

/** Clicks the button, and waits until the pop-up shows the page. */
async function openSignIn(page: Page, url: string): Promise<Page> {
  const popUp = await openPopUp(page);
  await connect(page, JSON.stringify({ url, requestId }));
  await popUp.waitForURL(url);
  return popUp;
}

/** Stops the clock of a page: its timers run only with `page.clock.runFor`. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(60_000);
}

/** Calls `connect` in the page with these arguments, written in JavaScript. */
async function connect(page: Page, values: string): Promise<void> {
  await page.evaluate(`connect(${values})`);
}

/** Posts a message to the window that opened the pop-up. */
async function post(popUp: Page, message: unknown): Promise<void> {
  await popUp.evaluate((data) => window.opener.postMessage(data, "*"), message);
}

test.each([{}, { "Cross-Origin-Opener-Policy": "same-origin-allow-popups" }])(
  "in a page with the headers %j, shows an empty pop-up, then the page, whose report it resolves to, and closes it",
  async (headers) => {
    const { page, url, requests } = await openPage({ opener: html(OPENER, headers) });
    const popUp = await openPopUp(page);
    const closed = popUp.waitForEvent("close");
    await page.evaluate("var authorization = Promise.withResolvers()");
    await connect(page, "authorization.promise");
    expect(popUp.url()).toBe("about:blank");
    expect(requests).toEqual([]);
    await page.evaluate(`authorization.resolve(${JSON.stringify({ url, requestId })})`);
    await popUp.waitForURL(url);
    await post(popUp, connected);
    expect(await page.evaluate("outcome")).toEqual({ id: "cred_1" });
    await closed;
  },
);

test("hears a page that reports while it loads and closes itself", async () => {
  const script = `<script>opener.postMessage(${JSON.stringify(connected)}, "*"); window.close();</script>`;
  const { page, url } = await openPage({ signIn: html(script) });
  await openPopUp(page);
  await connect(page, JSON.stringify({ url, requestId }));
  expect(await page.evaluate("outcome")).toEqual({ id: "cred_1" });
});

test("hears a report that arrives before connect is called", async () => {
  const { page, url } = await openPage();
  await post(await openPopUp(page), connected);
  await expect.poll(() => page.evaluate("received.length")).toBe(1);
  await connect(page, JSON.stringify({ url, requestId }));
  expect(await page.evaluate("outcome")).toEqual({ id: "cred_1" });
});

test("ignores messages of other windows, about other requests and of other kinds", async () => {
  const { page, url } = await openPage();
  const popUp = await openSignIn(page, url);
  await page.evaluate((message) => window.postMessage(message, "*"), connected);
  // A frame of the pop-up's own site.
  await page.evaluate(`document.body.append(Object.assign(document.createElement("iframe"), { src: "${url}" }))`);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(url);
  await page.frame({ url })?.evaluate((message) => window.parent.postMessage(message, "*"), connected);
  const ignored = [
    report({ ok: true, credential: { id: "cred_1" }, requestId: "req_2" }),
    report({ ok: true, credential: { id: "cred_1" }, type: "another" }),
    report({ ok: true, credential: { id: "" } }),
    report({ credential: { id: "cred_1" } }),
    { _rollout: null },
    "text",
    null,
  ];
  for (const message of ignored) await post(popUp, message);
  await expect.poll(() => page.evaluate("received.length")).toBe(ignored.length + 2);
  expect(await page.evaluate("Promise.race([outcome, 'waits'])")).toBe("waits");
  await post(popUp, connected);
  expect(await page.evaluate("outcome")).toEqual({ id: "cred_1" });
});

test("fails with the reason of a refusal, and closes the pop-up", async () => {
  const { page, url } = await openPage();
  const popUp = await openSignIn(page, url);
  const closed = popUp.waitForEvent("close");
  await post(popUp, report({ ok: false, error: "The user said no." }));
  const errors = [{ message: "The user said no." }];
  const failure = { name: "RolloutPopupError", code: "authorization_failed", mayHaveSucceeded: false, errors };
  expect(await page.evaluate("outcome")).toMatchObject(failure);
  await closed;
});

const popupClosed = { name: "RolloutPopupError", code: "popup_closed", mayHaveSucceeded: true };

test("notices within a second that the pop-up was closed, even before there is an authorization", async () => {
  const { page } = await openPage();
  await stopClock(page);
  const popUp = await openPopUp(page);
  await connect(page, "new Promise(() => {})");
  await popUp.close();
  await expect.poll(() => page.evaluate("popupWindow.closed")).toBe(true);
  await page.clock.runFor(1000);
  expect(await page.evaluate("Promise.race([outcome, 'waits'])")).toMatchObject(popupClosed);
});

test("hears a report that arrives after the pop-up was seen closed", async () => {
  const { page, url } = await openPage();
  await stopClock(page);
  const popUp = await openSignIn(page, url);
  await popUp.close();
  await expect.poll(() => page.evaluate("popupWindow.closed")).toBe(true);
  await page.clock.runFor(250);
  const init = `{ source: popupWindow, data: ${JSON.stringify(connected)} }`;
  await page.evaluate(`dispatchEvent(new MessageEvent("message", ${init}))`);
  expect(await page.evaluate("outcome")).toEqual({ id: "cred_1" });
});

test("a page that cuts the connection with Cross-Origin-Opener-Policy looks closed, and may have connected the account", async () => {
  const signIn = html("<!doctype html><title>Sign in</title>", { "Cross-Origin-Opener-Policy": "same-origin" });
  const { page, url } = await openPage({ signIn });
  const popUp = await openPopUp(page);
  await connect(page, JSON.stringify({ url, requestId }));
  expect(await page.evaluate("outcome")).toMatchObject(popupClosed);
  expect(await popUp.evaluate(() => window.opener)).toBeNull();
});

const invalid = { name: "RolloutConfigError", code: "invalid_input", option: "authorization" };
const failing = "Promise.reject(new TypeError('no authorization'))";
const aborted = "{ signal: AbortSignal.abort(new RangeError('aborted')) }";

test.each([
  [failing, { name: "TypeError", message: "no authorization" }],
  [`{ url: "javascript:opener.postMessage('ran', '*')", requestId: "req_1" }`, invalid],
  ["{ url: 'data:text/html,<title>Sign in</title>', requestId: 'req_1' }", invalid],
  ["{ url: '/sign-in', requestId: 'req_1' }", invalid],
  ["{ url: 'https://connect.example/' }", invalid],
  ["null", invalid],
  [`{ url: location.href, requestId: "req_1" }, ${aborted}`, { name: "RangeError" }],
  [`${failing}, ${aborted}`, { name: "RangeError" }],
  [`${failing}, { timeout: 1000 }`, { code: "invalid_config", option: "timeout" }],
])("connect(%s) fails, closes the empty pop-up, and leaves no rejection unhandled", async (values, failure) => {
  const { page } = await openPage();
  const popUp = await openPopUp(page);
  const closed = popUp.waitForEvent("close");
  await connect(page, values);
  expect(await page.evaluate("outcome")).toMatchObject(failure);
  await closed;
  expect(popUp.url()).toBe("about:blank");
  expect(await page.evaluate("[received.length, failure]")).toEqual([0, undefined]);
});

test("an abort closes the pop-up, with the signal's reason", async () => {
  const { page, url } = await openPage();
  const popUp = await openPopUp(page);
  const closed = popUp.waitForEvent("close");
  await connect(page, `${JSON.stringify({ url, requestId })}, { signal: controller.signal }`);
  await popUp.waitForURL(url);
  await page.evaluate("controller.abort(new RangeError('aborted'))");
  expect(await page.evaluate("outcome")).toMatchObject({ name: "RangeError", message: "aborted" });
  await closed;
});

test("says that the browser blocked the pop-up", async () => {
  // A page in a sandbox without allow-popups: Chromium without windows has no other blocker.
  const { page } = await openPage({ opener: html(OPENER, { "Content-Security-Policy": "sandbox allow-scripts" }) });
  await page.getByRole("button").click();
  const failure = { name: "RolloutPopupError", code: "popup_blocked", mayHaveSucceeded: false, errors: [] };
  expect(await page.evaluate("outcome")).toMatchObject(failure);
});

test.each([
  [connected, "Connected: cred_1"],
  [report({ ok: false, error: "The user said no." }), "HubSpot was not connected. The user said no."],
])("the example of docs/credentials.md works: %j", async (message, text) => {
  const script = `<button id="connect"></button><output id="result"></output><script src="/connect-hubspot.js"></script>`;
  const { page, url } = await openPage({ opener: html(script) });
  await page.route("https://universal.rollout.com/api/oauth/authorize-url", (route) =>
    route.fulfill({ json: { url, requestId }, headers: { "Access-Control-Allow-Origin": "*" } }),
  );
  const popUp = await openPopUp(page);
  await popUp.waitForURL(url);
  expect(await page.getByRole("button").isDisabled()).toBe(true);
  await post(popUp, message);
  await page.getByText(text).waitFor();
  expect(await page.getByRole("button").isEnabled()).toBe(true);
});
