import { existsSync } from "node:fs";
import { type BrowserServer, chromium } from "playwright-core";

// Elsewhere than on Debian, CHROMIUM_PATH names it.
const { CHROMIUM_PATH: executablePath = "/usr/bin/chromium" } = process.env;

/** Debian's Chromium, without a sandbox (it has none for root) and without the connections it makes of its own accord. */
export async function launchChromium(): Promise<BrowserServer> {
  if (!existsSync(executablePath)) {
    throw new Error(`These tests need Chromium as ${executablePath}. On Debian: apt-get install -y chromium`);
  }
  const args = [
    "no-sandbox",
    "disable-gpu",
    "disable-background-networking",
    "no-first-run",
    "disable-component-update",
  ];
  return chromium.launchServer({
    executablePath,
    host: "127.0.0.1",
    args: [...args, "disable-sync", "disable-quic"].map((name) => `--${name}`),
  });
}
