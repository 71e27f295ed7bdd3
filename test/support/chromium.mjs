// Where the tests find Chromium, and how they start it.
import { existsSync } from "node:fs";
import { runProgram } from "../../scripts/lib/run-program.mjs";

// Debian's. The first one has no windows, and tests run twice as fast in it.
const HEADLESS_CHROMIUM = "/usr/bin/chromium-headless-shell";
const CHROMIUM = "/usr/bin/chromium";

/** No sandbox, because root has none, and no connections that the browser makes of its own accord. */
export const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** The path of Chromium: that in `CHROMIUM_PATH`, or Debian's, which root installs if it is missing. */
export async function chromiumPath() {
  const { CHROMIUM_PATH } = process.env;
  const candidates = CHROMIUM_PATH === undefined ? [HEADLESS_CHROMIUM, CHROMIUM] : [CHROMIUM_PATH];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (CHROMIUM_PATH !== undefined || process.getuid?.() !== 0) {
    throw new Error(`Chromium is missing (looked for ${candidates.join(", ")}). CHROMIUM_PATH can name another path.`);
  }
  await runProgram("apt-get", ["update"]);
  await runProgram("apt-get", ["install", "--yes", "--no-install-recommends", "chromium-headless-shell"]);
  return HEADLESS_CHROMIUM;
}
