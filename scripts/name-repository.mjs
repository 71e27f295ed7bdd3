// node scripts/name-repository.mjs: before a release is packed, writes where the repository is hosted into package.json, and makes the README's
// links absolute. The release workflow runs it in its own checkout; nothing of it is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { withAbsoluteLinks, withRepository } from "./lib/repository.mjs";

const manifestFile = new URL("../package.json", import.meta.url);
const readmeFile = new URL("../README.md", import.meta.url);

const { GITHUB_SERVER_URL: serverUrl, GITHUB_REPOSITORY: repository } = process.env;
if (!serverUrl || !repository) {
  console.error("GITHUB_SERVER_URL and GITHUB_REPOSITORY must name the repository, as they do in a workflow.");
  process.exit(1);
}

const host = { serverUrl, repository };
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const readme = readFileSync(readmeFile, "utf8");
writeFileSync(manifestFile, `${JSON.stringify(withRepository(manifest, host), null, 2)}\n`);
writeFileSync(readmeFile, withAbsoluteLinks(readme, host, `v${manifest.version}`));
