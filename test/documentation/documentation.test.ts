import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { format } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { documentationModules, shownFile, writeModules } from "./modules.ts";
import { markdownPages, root, sourcePages } from "./page.ts";
import { type Surroundings, stubSurroundings } from "./surroundings.ts";

const pages = markdownPages();
const modules = documentationModules([...pages, ...sourcePages()]);
const fileOf = writeModules(modules);

/** One run of a block: what it meets, and what must be among the lines it prints. */
interface Run extends Surroundings {
  readonly prints: readonly [string, ...string[]];
}

/** Reads the runs from the comment before a block, such as `run [{ "prefer": ["code=429"], "prints": ["rate_limited"] }]`. */
function runsOf(note = ""): Run[] {
  return JSON.parse(/^run\s+(.*)$/s.exec(note)?.[1] ?? "[]");
}

/** Runs a module; gives what it printed. */
async function printedBy(path: string): Promise<string> {
  const lines: string[] = [];
  onTestFinished(() => void vi.restoreAllMocks());
  for (const method of ["debug", "log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => void lines.push(format(...values)));
  }
  await import(/* @vite-ignore */ path);
  return lines.join("\n");
}

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
    : runsOf(block.note).map((run, index) => ({ run, path, number: index + 1, place: block.place })),
);
test.each(runs)("a block prints what it should: $place, run $number", async ({ run, path, number, place }) => {
  stubSurroundings(run);
  // Each run is a module of its own.
  const printed = await printedBy(`${fileOf(path)}?run=${number}`);
  expect(run.prints).not.toEqual([]);
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

/** The anchor that GitHub makes of a heading. */
function anchorsIn(line: string): string[] {
  const heading = /^#+ (.*)$/.exec(line)?.[1]?.toLowerCase();
  return heading === undefined ? [] : [heading.replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-")];
}

test("every link to a file or a heading of this repository leads somewhere", () => {
  const anchors = new Map(pages.map(({ file, prose }) => [file, prose.flatMap(anchorsIn)]));
  const broken = pages.flatMap(({ file, prose }) => {
    const links = prose.join("\n").matchAll(/`[^`]*`|\]\((?<path>[^():#\s]*)(?:#(?<anchor>[^()\s]+))?\)/g);
    return Array.from(links, ({ groups: { path, anchor } = {} }) => ({ file, path, anchor })).filter((link) => {
      if (link.path === undefined) return false;
      const target = link.path === "" ? file : posix.join(posix.dirname(file), link.path);
      if (!existsSync(join(root, target))) return true;
      return link.anchor !== undefined && !anchors.get(target)?.includes(link.anchor);
    });
  });
  expect(broken).toEqual([]);
});
