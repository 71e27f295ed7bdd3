import { readFileSync } from "node:fs";

const FILES = [
  { path: "/app.js", file: "public/app.js", type: "text/javascript; charset=utf-8" },
  { path: "/style.css", file: "../public/style.css", type: "text/css; charset=utf-8" },
];

/** The files that browsers load beside the pages. */
export function readPublicFiles(): { path: string; type: string; content: string }[] {
  return FILES.map(({ path, file, type }) => ({
    path,
    type,
    content: readFileSync(new URL(file, import.meta.url), "utf8"),
  }));
}
