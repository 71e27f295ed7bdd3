import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { startNode } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// By an address, so that the type-check of the tests does not need what the benchmark installs for itself.
const { writePage } = await import(new URL("../../scripts/bench/report.mjs", import.meta.url).href);
const { fixedWindows, tokenBucket } = await import(new URL("../../scripts/bench/servers.mjs", import.meta.url).href);

const script = fileURLToPath(new URL("../../scripts/bench/run.mjs", import.meta.url));

describe("npm run bench", () => {
  test.each([
    [["--only", "stub,speed"], "speed"],
    [["--only"], "--only"],
    [["--fast"], "--fast"],
    [["everything"], "everything"],
  ])("refuses %j in one line that names %s, before it measures or writes anything", async (args, word) => {
    const { code, stdout, stderr } = await startNode([script, ...args]).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^bench: .*; usage: .*\n$/);
    expect(stderr).toContain(word);
  });
});

describe("the page of the benchmark", () => {
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

  test("holds a chart, and for each section its note and its table", async () => {
    const file = pathToFileURL(join(temporaryFolder(), "page.md"));
    await writePage(file, [section], ["rollout-client 1.2.3"]);
    const page = readFileSync(file, "utf8");
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

  test("replaces the former one only when the new one is complete", async () => {
    const folder = temporaryFolder({ "page.md": "the former page" });
    const file = join(folder, "page.md");
    // A section that cannot be written.
    await expect(writePage(pathToFileURL(file), [section, undefined], [])).rejects.toThrow(TypeError);
    expect(readFileSync(file, "utf8")).toBe("the former page");
    await writePage(pathToFileURL(file), [section], []);
    expect(readFileSync(file, "utf8")).toMatch(/^# Benchmarks\n/);
    expect(readdirSync(folder)).toEqual(["page.md"]);
  });
});

describe("the limits of the benchmark's servers", () => {
  const admitted = (admits: (now: number) => boolean, moments: readonly number[]) =>
    moments.filter((moment) => admits(moment)).length;
  const hundredAt = (moment: number) => new Array<number>(100).fill(moment);

  test("a token bucket admits the requests of one second at first, and then as many as have come in since", () => {
    const admits = tokenBucket(50);
    expect([0, 0.5, 0.5, 100].map((moment) => admitted(admits, hundredAt(moment)))).toEqual([50, 25, 0, 50]);
  });

  test("fixed windows admit the same number in each second, however late they begin", () => {
    const admits = fixedWindows(50);
    expect([0.9, 0.99, 1, 1.5, 7.2].map((moment) => admitted(admits, hundredAt(moment)))).toEqual([50, 0, 50, 0, 50]);
  });
});
