import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { type ApplicationOptions, startApplication } from "./application.ts";

/** What the tests type as an input: it may be seen by the API and by nobody else. */
export const apiKey = "key-that-only-the-api-may-see";

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.connect(inject("browserEndpoint"));
});
afterAll(() => browser?.close());

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Starts the example for one test, and opens the start page of a new user. */
export async function openApplication(options: ApplicationOptions = {}, window: BrowserContextOptions = {}) {
  const application = await startApplication(options);
  stops.push(application.stop);
  const page = await openPage(application.url, window);
  await signIn(page);
  return { ...application, page };
}

/** Opens an address in a window without cookies. */
export async function openPage(url: string, window: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(window);
  stops.push(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

export async function signIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "Your accounts");
}

/** Chooses an app on the start page. */
export async function choose(page: Page, app: string): Promise<void> {
  await page.getByRole("link", { name: app, exact: true }).click();
  await heading(page, `Connect ${app}`);
}

/** Connects an account of an app that asks for an API key. */
export async function connect(page: Page, app: string): Promise<void> {
  await choose(page, app);
  await page.getByLabel("API key").fill(apiKey);
  await page.getByRole("button", { name: "Connect" }).click();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Waits until the page with this heading is shown. */
export function heading(page: Page, name: string): Promise<void> {
  return page.getByRole("heading", { name, level: 1 }).waitFor();
}
