import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ProjectCopy, project } from "../support/project-copy.ts";

/** Runs the script in a copy of the project whose README is this one, or the project's own. */
function nameRepository(repository: Readonly<Record<string, string>>, readme?: string): ProjectCopy {
  const copy = new ProjectCopy();
  cpSync(`${project}/README.md`, copy.path("README.md"));
  if (readme !== undefined) writeFileSync(copy.path("README.md"), readme);
  copy.edit("package.json", (text) => text.replace(/"version": "[^"]+"/, '"version": "1.2.3"'));
  const { PATH } = process.env;
  const env = { PATH, GITHUB_SERVER_URL: "https://git.example", ...repository };
  execFileSync(process.execPath, [copy.path("scripts/name-repository.mjs")], { env, stdio: "pipe" });
  return copy;
}

const NAMED = { GITHUB_REPOSITORY: "owner/name" };

test("a release's manifest names the repository that the environment names, and its README has no relative link", () => {
  const copy = nameRepository(NAMED);
  expect(JSON.parse(copy.read("package.json"))).toEqual({
    ...JSON.parse(readFileSync(`${project}/package.json`, "utf8")),
    version: "1.2.3",
    homepage: "https://git.example/owner/name#readme",
    bugs: { url: "https://git.example/owner/name/issues" },
    repository: { type: "git", url: "git+https://git.example/owner/name.git" },
  });
  const prose = copy.read("README.md").replace(/^```.*?^```|`[^`\n]*`/gms, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)/g)].map(([, to]) => to);
  expect(targets).toContainEqual(expect.stringMatching(/^https:\/\/git\.example\/owner\/name\/blob\/v1\.2\.3\//));
  for (const target of targets) expect(target).toMatch(/^(https:|#)/);
});

test("a release's README has absolute links and images, and its code is left alone", () => {
  const [blob, raw] = ["blob", "raw"].map((kind) => `https://git.example/owner/name/${kind}/v1.2.3`);
  const lines = [
    ["[a](docs/a.md)", `[a](${blob}/docs/a.md)`],
    ["[a](./docs/a.md#part)", `[a](${blob}/docs/a.md#part)`],
    ["![a](docs/a.svg)", `![a](${raw}/docs/a.svg)`],
    ['<img src="docs/a.svg">', `<img src="${raw}/docs/a.svg">`],
    ["[a](#part) [b](https://b.example/)", "[a](#part) [b](https://b.example/)"],
    ["`[a](docs/a.md)`", "`[a](docs/a.md)`"],
    ["[`a`](docs/a.md)", `[\`a\`](${blob}/docs/a.md)`],
    ["```md\n[a](docs/a.md)\n```\n[b](b.md)", `\`\`\`md\n[a](docs/a.md)\n\`\`\`\n[b](${blob}/b.md)`],
  ];
  const copy = nameRepository(NAMED, lines.map(([relative]) => relative).join("\n"));
  expect(copy.read("README.md")).toBe(lines.map(([, absolute]) => absolute).join("\n"));
});

test("without the name of a repository, a release is not prepared", () => {
  expect(() => nameRepository({})).toThrow("GITHUB_REPOSITORY");
});
