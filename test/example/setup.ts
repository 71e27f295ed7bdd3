import type { BrowserContextOptions, Page } from "playwright-core";
import { openPage } from "../support/browser.ts";
import { deferred } from "../support/deferred.ts";
import { type ApplicationOptions, startApplication } from "./application.ts";

/** What the tests type as an input: it may be seen by the API and by nobody else. */
export const apiKey = "key-that-only-the-api-may-see";

/** Starts the example for one test, and opens the start page of a new user. */
export async function openApplication(options: ApplicationOptions = {}, window: BrowserContextOptions = {}) {
  const application = await startApplication(options);
  const page = await openPage(application.url, window);
  await signIn(page);
  return { ...application, page };
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
  await enterKey(page);
}

export async function enterKey(page: Page): Promise<void> {
  await page.getByLabel("API key").fill(apiKey);
  await page.getByRole("button", { name: "Connect" }).click();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Opens the page of the account that is connected, from the start page. */
export async function openAccount(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("link", { name: "Ada Example" }).click();
}

/** Waits until the page with this heading is shown. */
export function heading(page: Page, name: string): Promise<void> {
  return page.getByRole("heading", { name, level: 1 }).waitFor();
}

/** Where work waits until the test opens it. */
export function gate() {
  const reached = deferred();
  const opened = deferred();
  const pass = async (): Promise<void> => {
    reached.resolve();
    await opened.promise;
  };
  return { reached: reached.promise, pass, open: opened.resolve };
}
