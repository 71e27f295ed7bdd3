import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";

const patchedDocument = new URL("../../src/generated/openapi.json", import.meta.url);
const prismModule = new URL("./prism.mjs", import.meta.url);

test("Prism ends with the process that started it, even when that one is killed", async () => {
  const program = `
    import { startPrism } from ${JSON.stringify(prismModule.href)};
    const { url } = await startPrism(new URL(${JSON.stringify(patchedDocument.href)}));
    process.stdout.write(url);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(parent.stdout, "data");
  const url = String(printed);
  expect((await fetch(url)).status).toBe(404);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(fetch(url)).rejects.toThrow("fetch failed"), { timeout: 300_000 });
});
