import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { startNode } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// By an address, so that the type-check of the tests does not need what the benchmark installs for itself.
const { writePage } = await import(new URL("../../scripts/bench/report.mjs", import.meta.url).href);

const script = fileURLToPath(new URL("../../scripts/bench/run.mjs", import.meta.url));

test.each([
  [["--only", "stub,speed"], "speed"],
  [["--fast"], "--fast"],
])("npm run bench refuses %j in one line that names %s, before it measures or writes anything", async (args, word) => {
  const { code, stdout, stderr } = await startNode([script, ...args]).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^bench: .*; usage: .*\n$/);
  expect(stderr).toContain(word);
});

test("the page of the benchmark holds a chart, and for each section its note and its table", async () => {
  const section = {
    title: "Requests",
    note: "How it was measured.",
    columns: ["a second", "ratio"],
    rows: [
      { title: "ours", cells: ["2,000 (1,900–2,100)", "1.00"] },
      { title: "a peer", cells: ["500 (1–600)", "0.25"] },
    ],
    chart: "a second",
  };
  const folder = temporaryFolder({ "page.md": "the former page" });
  await writePage(pathToFileURL(join(folder, "page.md")), [section], ["rollout-client 1.2.3"]);
  expect(readdirSync(folder)).toEqual(["page.md"]);
  const page = readFileSync(join(folder, "page.md"), "utf8");
  expect(page).toMatch(/^# Benchmarks\n/);
  expect(page).toContain("Versions: rollout-client 1.2.3.");
  expect(page).toContain(`Requests: a second\n\nours    ${"█".repeat(40)} 2,000\na peer  ${"█".repeat(10)} 500\n`);
  expect(page).toContain(`## Requests

How it was measured.

|        |            a second | ratio |
| ------ | ------------------: | ----: |
| ours   | 2,000 (1,900–2,100) |  1.00 |
| a peer |         500 (1–600) |  0.25 |
`);
});
