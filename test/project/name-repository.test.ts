import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withAbsoluteLinks } from "../../scripts/lib/repository.mjs";
import { ProjectCopy, project } from "../support/project-copy.ts";

const HOST = { serverUrl: "https://git.example", repository: "owner/name" };
const ENVIRONMENT = { GITHUB_SERVER_URL: HOST.serverUrl, GITHUB_REPOSITORY: HOST.repository };

function copyWithReadme(): ProjectCopy {
  const copy = new ProjectCopy();
  cpSync(`${project}/README.md`, copy.path("README.md"));
  return copy;
}

function nameRepository(copy: ProjectCopy, environment: Readonly<Record<string, string>>): void {
  const { PATH } = process.env;
  execFileSync(process.execPath, [copy.path("scripts/name-repository.mjs")], {
    env: { PATH, ...environment },
    stdio: "pipe",
  });
}

test("a release's manifest names the repository that the environment names, and its README has no relative link", () => {
  const copy = copyWithReadme();
  const before = JSON.parse(copy.read("package.json"));
  nameRepository(copy, ENVIRONMENT);
  expect(JSON.parse(copy.read("package.json"))).toEqual({
    ...before,
    homepage: "https://git.example/owner/name#readme",
    bugs: { url: "https://git.example/owner/name/issues" },
    repository: { type: "git", url: "git+https://git.example/owner/name.git" },
  });
  const readme = copy.read("README.md");
  const targets = [...readme.replace(/^```.*?^```|`[^`\n]*`/gms, "").matchAll(/\]\(([^)\s]+)/g)].map(([, to]) => to);
  expect(targets).toContainEqual(expect.stringMatching(/^https:\/\/git\.example\/owner\/name\/blob\/v\d+\.\d+\.\d+\//));
  for (const target of targets) expect(target).toMatch(/^(https:|#)/);
});

test.each([
  ["[a](docs/a.md)", "[a](https://git.example/owner/name/blob/v1/docs/a.md)"],
  ["[a](./docs/a.md#part)", "[a](https://git.example/owner/name/blob/v1/docs/a.md#part)"],
  ["![a](docs/a.svg)", "![a](https://git.example/owner/name/raw/v1/docs/a.svg)"],
  ['<img src="docs/a.svg">', '<img src="https://git.example/owner/name/raw/v1/docs/a.svg">'],
  ["[a](#part) [b](https://b.example/)", "[a](#part) [b](https://b.example/)"],
  ["`[a](docs/a.md)`", "`[a](docs/a.md)`"],
  [
    "```md\n[a](docs/a.md)\n```\n[b](b.md)",
    "```md\n[a](docs/a.md)\n```\n[b](https://git.example/owner/name/blob/v1/b.md)",
  ],
])("%j becomes %j", (relative, absolute) => {
  expect(withAbsoluteLinks(relative, HOST, "v1")).toBe(absolute);
});

test("without the name of a repository, nothing is written", () => {
  const copy = copyWithReadme();
  expect(() => nameRepository(copy, { GITHUB_SERVER_URL: HOST.serverUrl })).toThrow("GITHUB_REPOSITORY");
  expect(copy.read("package.json")).toBe(readFileSync(`${project}/package.json`, "utf8"));
});
