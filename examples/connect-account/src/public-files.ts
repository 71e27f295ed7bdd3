import { readFileSync } from "node:fs";

const TYPES = { "app.js": "text/javascript; charset=utf-8", "style.css": "text/css; charset=utf-8" };

/** The files that browsers load beside the pages. */
export function readPublicFiles(): { path: string; type: string; content: string }[] {
  return Object.entries(TYPES).map(([name, type]) => ({
    path: `/${name}`,
    type,
    content: readFileSync(new URL(`../public/${name}`, import.meta.url), "utf8"),
  }));
}
