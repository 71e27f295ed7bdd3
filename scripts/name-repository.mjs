// node scripts/name-repository.mjs: before a release is packed, writes where the repository is hosted into package.json, and makes the README's
// links absolute, which would lead nowhere on the package's page. The release workflow runs it in its own checkout; nothing of it is committed.
import { readFileSync, writeFileSync } from "node:fs";

const manifestFile = new URL("../package.json", import.meta.url);
const readmeFile = new URL("../README.md", import.meta.url);

const { GITHUB_SERVER_URL: serverUrl, GITHUB_REPOSITORY: repository } = process.env;
if (!serverUrl || !repository) {
  console.error("GITHUB_SERVER_URL and GITHUB_REPOSITORY must name the repository, as they do in a workflow.");
  process.exit(1);
}

const url = `${serverUrl.replace(/\/$/, "")}/${repository}`;
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
// npm compares `repository` with the run that publishes, for the provenance.
Object.assign(manifest, {
  homepage: `${url}#readme`,
  bugs: { url: `${url}/issues` },
  repository: { type: "git", url: `git+${url}.git` },
});
writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);

// Code is left alone, as are links to headings of the same page.
const code = /^(?<fence>`{3,}|~{3,}).*?^\k<fence>|`[^`\n]*`/;
const link = /(?<mark>!?)(?<label>\[[^\]]*\]\()(?<path>[^()\s#]+)/;
const image = /(?<before><(?:img|source)\b[^>]*?\b(?:src|srcset)=")(?<source>[^"\s]+)/;
const pieces = new RegExp([code, link, image].map(({ source }) => source).join("|"), "gms");
const readme = readFileSync(readmeFile, "utf8").replace(pieces, (piece, ...captured) => {
  const { mark, label, path, before, source } = captured.at(-1);
  if (label !== undefined) return `${mark}${label}${absolute(path, mark === "!" ? "raw" : "blob")}`;
  return before === undefined ? piece : before + absolute(source, "raw");
});
writeFileSync(readmeFile, readme);

/**
 * @param {string} path
 * @param {"blob" | "raw"} kind
 */
function absolute(path, kind) {
  return /^[a-z][a-z\d+.-]*:/i.test(path) ? path : `${url}/${kind}/v${manifest.version}/${path.replace(/^\.\//, "")}`;
}
