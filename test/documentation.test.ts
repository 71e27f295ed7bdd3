import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { startOtpMock } from "../scripts/otp-mock.mjs";
import { compile } from "./documentation/compile.ts";
import { brokenLinks } from "./documentation/links.ts";
import { documentationModules } from "./documentation/modules.ts";
import { markdownPages, root, sourcePages } from "./documentation/page.ts";
import { printedBy, runsOf, stubSurroundings } from "./documentation/run.ts";

const pages = markdownPages();
const modules = documentationModules([...pages, ...sourcePages()]);

test("every ts block of the documentation compiles", { timeout: 60_000 }, () => {
  const folder = join(root, "test/documentation/blocks");
  expect(compile(new Map(modules.map(({ path, code }) => [join(folder, path), code])))).toEqual([]);
});

describe("a block that can run", () => {
  let folder: string;
  let otp: Awaited<ReturnType<typeof startOtpMock>>;
  // Inside the repository, for the packages it imports; the dot keeps it out of every tool's sight.
  beforeAll(async () => {
    otp = await startOtpMock();
    folder = mkdtempSync(join(root, "test/documentation/.run-"));
    for (const { path, code } of modules) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await otp.stop();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });

  const runs = modules.flatMap(({ path, block }) =>
    block === undefined
      ? []
      : runsOf(block.note, block.place).map((run, index) => ({ run, path, number: index + 1, place: block.place })),
  );
  test.each(runs)("prints what it should: $place, run $number", async ({ run, path, number }) => {
    stubSurroundings({ prismUrl: inject("prismUrl"), otpUrl: otp.url }, run);
    // Each run is a module of its own.
    const printed = await printedBy(`${join(folder, path)}?run=${number}`);
    for (const expected of run.prints) expect(printed).toContain(expected);
  });
});

test("every npm script that the documentation names exists", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = pages.flatMap(({ file, prose, blocks }) =>
    [...prose, ...blocks.map(({ code }) => code)].flatMap((text) =>
      [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => ({ file, name })),
    ),
  );
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
});

test("every link to a file or a heading of this repository leads somewhere", () => {
  expect(brokenLinks(pages, (file) => existsSync(join(root, file)))).toEqual([]);
});
