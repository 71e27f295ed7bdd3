import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ProjectCopy, project } from "../support/project-copy.ts";

test("the report is the same in another folder, and a change of the public surface makes it stale", async () => {
  const copy = new ProjectCopy();
  expect(await copy.run("scripts/api-report.mjs")).toMatchObject({ code: 0 });
  expect(copy.read("api-report.d.ts")).toBe(readFileSync(`${project}/api-report.d.ts`, "utf8"));
  copy.edit("src/index.ts", (text) => text.replace("export { unwrap }", "export { unwrap as unwrapResult }"));
  expect(await copy.run("scripts/api-report.mjs", "--check")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("api-report.d.ts is stale"),
  });
});
