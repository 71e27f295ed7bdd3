import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, inject, onTestFinished } from "vitest";

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.connect(inject("browserEndpoint"));
});
afterAll(() => browser?.close());

/** Opens an address in a window without cookies, until the end of the test. */
export async function openPage(url: string, window: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(window);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Bundles a module of this repository into a script for a page, which offers its exports under that name. */
export async function bundleScript(path: string, globalName: string): Promise<string> {
  const fileOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [fileOf(path)],
    alias: { "rollout-client": fileOf("src/index.ts") },
    bundle: true,
    globalName,
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
