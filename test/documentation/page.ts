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

/** Takes a Markdown text apart into blocks and prose. */
export function parsePage(file: string, text: string): Page {
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  let open: { fence: string; language: string; line: number; note: string | undefined; code: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === undefined && fence?.[1] !== undefined) {
      const note = /<!--\s*((?:(?!-->).)*?)\s*-->\s*$/s.exec(prose.join("\n"))?.[1];
      open = { fence: fence[1], language: fence[2]?.trim() ?? "", line: index + 1, note, code: [] };
    } else if (open !== undefined && line.trim().startsWith(open.fence) && line.trim() === fence?.[1]) {
      const { language, note, code } = open;
      blocks.push({ place: `${file}:${open.line}`, language, code: `${code.join("\n")}\n`, note });
      open = undefined;
    } else if (open !== undefined) {
      open.code.push(line);
    }
    prose.push(open !== undefined || fence !== null ? "" : line);
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: a code block is never closed`);
  return { file, blocks, prose };
}
