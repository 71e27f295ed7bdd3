import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText } from "../../scripts/lib/openapi/document.mjs";
import { writeFilesWhole } from "../../scripts/lib/openapi/write-files.mjs";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("files are written whole, in folders that are made for them", () => {
  const folder = temporaryFolder({ a: "old" });
  writeFilesWhole(new Map(["a", "new/b"].map((name) => [join(folder, name), "new"])));
  expect(["a", "new/b"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["new", "new"]);
  expect(readdirSync(folder)).toEqual(["a", "new"]);
});

test("when one file cannot be replaced, none is, and the error names it", () => {
  const folder = temporaryFolder({ a: "old" });
  // One cannot be a file and a folder.
  const files = new Map(["a", "new", "b", "b/c"].map((name) => [join(folder, name), "new"]));
  expect(() => writeFilesWhole(files)).toThrow(/b: cannot be written: /);
  expect(readdirSync(folder, { recursive: true })).toEqual(["a", "b"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("old");
});

test("a file that is missing is an error that names it", () => {
  expect(() => readText("/none.json", "none.json")).toThrow("none.json: cannot be read: ENOENT");
});
