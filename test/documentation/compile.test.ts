import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { documentationModules } from "./modules.ts";
import { markdownPages, root, sourcePages } from "./page.ts";

test("every ts block of the documentation compiles", () => {
  const modules = documentationModules([...markdownPages(), ...sourcePages()]);
  const fileOf = (path: string): string => join(root, "test/documentation/blocks", path);
  const entries = modules.filter(({ block }) => block !== undefined).map(({ path }) => fileOf(path));
  expect(entries).not.toEqual([]);
  expect(compile(new Map(modules.map(({ path, code }) => [fileOf(path), code])), entries)).toEqual([]);
});
