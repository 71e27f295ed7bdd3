import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { CHROMIUM_ARGUMENTS, chromiumPath } from "../support/chromium.mjs";
import { startNode } from "../support/processes.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The example as `npm run example` started it. */
    exampleUrl: string;
    /** Where Playwright connects to the browser. */
    browserEndpoint: string;
  }
}

const program = fileURLToPath(new URL("../../scripts/example.mjs", import.meta.url));

/** Once for all files: runs the command of `npm run example`, which also builds what the tests start, and launches the browser. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { PATH = "", HOME = "" } = process.env;
  const example = startNode([program], { env: { PATH, HOME, DATABASE_FILE: ":memory:" } });
  const [url] = await example.printed(/http:\/\/127\.0\.0\.1:\d+$/m);
  project.provide("exampleUrl", url);
  const executablePath = await chromiumPath();
  const browser = await chromium.launchServer({ executablePath, host: "127.0.0.1", args: CHROMIUM_ARGUMENTS });
  project.provide("browserEndpoint", browser.wsEndpoint());
  return async () => {
    await browser.close();
    const { code, signal } = await example.end();
    if (code !== 0) throw new Error(`npm run example did not end cleanly after SIGTERM: ${code ?? signal}`);
  };
}
