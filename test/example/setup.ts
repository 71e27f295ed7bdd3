import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Prism, startPrism } from "../../scripts/mock/prism.mjs";
import { type ApplicationOptions, startApplication } from "./application.ts";
import { launchChromium } from "./chromium.ts";

/** What the tests type as an input: it may be seen by the API and by nobody else. */
export const apiKey = "key-that-only-the-api-may-see";

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

/** Starts the example for one test, and opens its start page in a window without cookies. */
export async function openApplication(options: Omit<ApplicationOptions, "prismUrl"> = {}) {
  const application = await startApplication({ prismUrl: prism.url, ...options });
  stops.push(application.stop);
  const page = await browser.newPage();
  stops.push(() => page.close());
  await page.goto(application.url);
  return { ...application, page };
}

export async function fillIn(page: Page, appKey: string): Promise<void> {
  await page.getByLabel("Application").fill(appKey);
  await page.getByLabel("Value").first().fill(apiKey);
}

export async function connect(page: Page, appKey: string): Promise<void> {
  await fillIn(page, appKey);
  await page.getByRole("button", { name: "Connect" }).click();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Waits until the page with this heading is shown. */
export function heading(page: Page, name: string): Promise<void> {
  return page.getByRole("heading", { name }).waitFor();
}
