import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A fenced block of a page. */
export interface CodeBlock {
  /** Where it is, for messages: `README.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
  /** What the HTML comment just before the block says; a reader of the page does not see it. */
  readonly note: string | undefined;
}

/** A Markdown file, or the comments of a source file, which are Markdown too. */
export interface Page {
  /** The path from the root of the repository, with forward slashes. */
  readonly file: string;
  readonly blocks: readonly CodeBlock[];
  /** The lines outside the blocks; those of blocks are empty, so that line numbers hold. */
  readonly prose: readonly string[];
}

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

const NOT_OURS: ReadonlySet<string> = new Set(["node_modules", "dist", "coverage", ".git"]);
const GENERATED = "docs/api";

/** Every Markdown file of the repository that is kept in it. */
export function markdownPages(): Page[] {
  return filesUnder(root, ".md").map((file) => parsePage(file, readFileSync(join(root, file), "utf8")));
}

/** The documentation comments of every source file. */
export function sourcePages(): Page[] {
  return filesUnder(join(root, "src"), ".ts").map((file) =>
    parsePage(file, commentsOf(readFileSync(join(root, file), "utf8"))),
  );
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const file = relative(root, path).split(sep).join("/");
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) || file === GENERATED ? [] : filesUnder(path, ending);
    return entry.name.endsWith(ending) ? [file] : [];
  });
}

/** The text of the documentation comments, each line where it was. */
function commentsOf(source: string): string {
  let within = false;
  return source
    .split("\n")
    .map((line) => {
      if (!within && !/^\s*\/\*\*/.test(line)) return "";
      within = !line.includes("*/");
      return line.replace(/^\s*(?:\/\*\*|\*(?!\/)) ?/, "").replace(/\s*\*\/\s*$/, "");
    })
    .join("\n");
}

const BLOCK = /(?:<!--\s*(?<note>(?:(?!-->).)*?)\s*-->\s*)?^[ ]*```(?<language>\w*)\n(?<code>.*?)^[ ]*```$/gms;

/** Takes a Markdown text apart into blocks and prose. */
function parsePage(file: string, text: string): Page {
  const lineAt = (index: number): number => text.slice(0, index).split("\n").length;
  const blocks = Array.from(text.matchAll(BLOCK), ({ 0: whole, index, groups = {} }): CodeBlock => {
    const { note, language = "", code = "" } = groups;
    return { place: `${file}:${lineAt(index + whole.indexOf("```"))}`, language, code, note };
  });
  const prose = text.replace(BLOCK, (whole) => whole.replace(/.+/g, "")).split("\n");
  const open = prose.findIndex((line) => line.includes("```"));
  if (open !== -1) throw new Error(`${file}:${open + 1}: a code block is never closed`);
  return { file, blocks, prose };
}
