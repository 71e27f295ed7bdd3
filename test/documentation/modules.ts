import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { type CodeBlock, type Page, root } from "./page.ts";

/** A module of the documentation. Its path starts with the folder of its page. */
export interface DocumentationModule {
  readonly path: string;
  readonly code: string;
  /** The block it was written in, unless that stands on another page. */
  readonly block: CodeBlock | undefined;
}

const PAGE_FOR_ALL = "README.md";

/**
 * Gives each `ts` block a file in a folder of its page. A block that begins with a comment such as `// rollout.ts` is that
 * file, so that the other blocks of the page can import it, as a reader's own modules would; those of the README, every
 * page can.
 */
export function documentationModules(pages: readonly Page[]): DocumentationModule[] {
  // What openapi-typescript would write for a reader who has the document of another of Rollout's APIs.
  const crm = readFileSync(new URL("crm.ts", import.meta.url), "utf8");
  const shared = pages.filter(({ file }) => file === PAGE_FOR_ALL).flatMap(({ blocks }) => namedBlocks(blocks));
  return pages.flatMap(({ file, blocks }) => {
    const own = namedBlocks(blocks);
    const borrowed = shared
      .filter(([name]) => !own.some(([ownName]) => ownName === name))
      .map(([name, { code }]) => [name, code] as const);
    return [
      { path: join(file, "crm.ts"), code: crm, block: undefined },
      ...borrowed.map(([name, code]) => ({ path: join(file, name), code, block: undefined })),
      ...blocks.filter(isTypeScript).map((block) => ({ path: join(file, fileName(block)), code: block.code, block })),
    ];
  });
}

/** Writes the modules to files, until the tests of the calling file are over. Gives the file of a path. */
export function writeModules(modules: readonly DocumentationModule[]): (path: string) => string {
  // Inside the repository, for the packages they import; the dot keeps them out of every tool's sight.
  const folder = mkdtempSync(join(root, "test/documentation/.run-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const { path, code } of modules) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  return (path) => join(folder, path);
}

// What is shown from a file is compiled and run there: see shownFile.
function isTypeScript(block: CodeBlock): boolean {
  return block.language === "ts" && shownFile(block) === undefined;
}

/** The file that a block shows whole, named by the comment before it: `as in test/recipes/proxy.ts`. */
export function shownFile({ note }: CodeBlock): string | undefined {
  return /^as in (\S+)$/.exec(note ?? "")?.[1];
}

function namedBlocks(blocks: readonly CodeBlock[]): (readonly [name: string, block: CodeBlock])[] {
  return blocks.filter(isTypeScript).flatMap((block) => {
    const name = writtenName(block);
    return name === undefined ? [] : [[name, block]];
  });
}

function fileName(block: CodeBlock): string {
  return writtenName(block) ?? `line-${block.place.slice(block.place.lastIndexOf(":") + 1)}.ts`;
}

function writtenName({ code }: CodeBlock): string | undefined {
  return /^\/\/ ((?:[\w-]+\/)*[\w-]+\.ts)\n/.exec(code)?.[1];
}
