import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ProjectCopy, project } from "../support/project-copy.ts";

/** A copy of this project with its lockfile, and the check of that. */
function copyWithLockfile() {
  const copy = new ProjectCopy();
  cpSync(join(project, "package-lock.json"), copy.path("package-lock.json"));
  return { copy, check: () => copy.run("scripts/check-lockfile.mjs") };
}

test("the lockfile is as npm install would write it", async () => {
  expect(await copyWithLockfile().check()).toMatchObject({ code: 0, stderr: "" });
});

test.each([
  ["name", '"name": "rollout-client"', '"name": "other"'],
  ["version", '"version": "', '"version": "9'],
  ["license", '"license": "MIT"', '"license": "ISC"'],
  ["bin", '"bin": {', '"binaries": {'],
  ["engines", '"node": ">=20.19"', '"node": ">=22"'],
  ["dependencies", '"openapi-fetch": "0.17.0"', '"openapi-fetch": "0.16.0"'],
  ["devDependencies", '"devDependencies": {', '"devDependencies": { "another": "1.0.0",'],
  ["peerDependencies", '"ws": "^8.0.0"', '"ws": "^7.0.0"'],
])("a package.json whose %s is not that of the lockfile is noticed", async (field, before, after) => {
  const { copy, check } = copyWithLockfile();
  copy.edit("package.json", (text) => text.replace(before, after));
  const { code, stderr } = await check();
  expect([code, stderr.match(/^"\w+"/gm)]).toEqual([1, [`"${field}"`]]);
});

test.each([
  ["the integrity of a package", /^ {6}"integrity": .*\n/m],
  ["the command of package.json", /^ {6}"bin": \{\n.*\n {6}\},\n/m],
])("a lockfile that lacks %s is noticed", async (_case, lines) => {
  const { copy, check } = copyWithLockfile();
  copy.edit("package-lock.json", (text) => text.replace(lines, ""));
  expect(await check()).toMatchObject({ code: 1 });
});
