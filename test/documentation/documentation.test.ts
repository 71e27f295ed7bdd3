import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { brokenLinks } from "./links.ts";
import { documentationModules, shownFile } from "./modules.ts";
import { markdownPages, root, sourcePages } from "./page.ts";
import { printedBy, runsOf } from "./run.ts";
import { writeModules } from "./written-modules.ts";

const pages = markdownPages();
const modules = documentationModules([...pages, ...sourcePages()]);
const written = writeModules(modules);

// What a page shows below a block, under the comment "printed", is what the block prints.
const outputs = new Map(
  pages.flatMap(({ blocks }) =>
    blocks.map((block, index): [string, readonly string[]] => {
      const next = blocks[index + 1];
      return [block.place, next?.note === "printed" ? next.code.trim().split("\n") : []];
    }),
  ),
);

const runs = modules.flatMap(({ path, block }) =>
  block === undefined
    ? []
    : runsOf(block.note, block.place).map((run, index) => ({ run, path, number: index + 1, place: block.place })),
);
test.each(runs)("a block prints what it should: $place, run $number", async ({ run, path, number, place }) => {
  written.stub(run);
  // Each run is a module of its own.
  const printed = await printedBy(`${written.fileOf(path)}?run=${number}`);
  for (const expected of [...run.prints, ...(outputs.get(place) ?? [])]) expect(printed).toContain(expected);
});

const shown = pages.flatMap(({ blocks }) =>
  blocks.flatMap((block) => {
    const file = shownFile(block);
    return file === undefined ? [] : [{ ...block, file }];
  }),
);
test.each(shown)("a block is the file that it shows: $place, $file", ({ code, file }) => {
  expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

test("no example imports a .ts file, which an ordinary project refuses", () => {
  const importing = [...pages, ...sourcePages()].flatMap(({ blocks }) =>
    blocks.filter(({ code }) => /(?:from|import)\s*\(?"\.[^"]*\.tsx?"/.test(code)).map(({ place }) => place),
  );
  expect(importing).toEqual([]);
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
