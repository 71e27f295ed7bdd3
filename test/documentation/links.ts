import { posix } from "node:path";
import type { Page } from "./page.ts";

/** What is wrong with the links of the pages to files and headings of this repository, one line for each. */
export function brokenLinks(pages: readonly Page[], exists: (file: string) => boolean): string[] {
  const anchors = new Map(pages.map((page) => [page.file, anchorsOf(page)]));
  return pages.flatMap((page) =>
    linksOf(page).flatMap(({ target, place }) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.file : posix.normalize(posix.join(posix.dirname(page.file), path));
      if (file.startsWith("..") || !exists(file)) return [`${place}: there is no file ${target}`];
      if (anchor === undefined || anchors.get(file)?.has(anchor) === true) return [];
      return [`${place}: there is no heading ${target}`];
    }),
  );
}

function linksOf(page: Page): { target: string; place: string }[] {
  return page.prose.flatMap((line, index) => {
    const text = line.replace(/`[^`]*`/g, "");
    const inline = [...text.matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g)];
    const reference = [...text.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)];
    const source = [...text.matchAll(/<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)="([^"\s]+)"/g)];
    return [...inline, ...reference, ...source].flatMap(([, target]) =>
      target === undefined || /^[a-z][a-z\d+.-]*:/i.test(target)
        ? []
        : [{ target: decodeURI(target), place: `${page.file}:${index + 1}` }],
    );
  });
}

/** The anchors that GitHub makes of the headings: small letters, no punctuation, hyphens for spaces, numbers for repetitions. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of page.prose) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
