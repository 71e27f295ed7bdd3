import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { documentationModules, writeModules } from "./modules.ts";
import { markdownPages, root, sourcePages } from "./page.ts";

const modules = documentationModules([...markdownPages(), ...sourcePages()]);
const fileOf = writeModules(modules);

test("every ts block of the documentation compiles", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.test.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = modules.filter(({ block }) => block !== undefined).map(({ path }) => fileOf(path));
  expect(entries).not.toEqual([]);
  const program = ts.createProgram(entries, {
    ...options,
    // An example ends when it has shown what it is about: what it declares last is for its reader to use.
    noUnusedLocals: false,
    noUnusedParameters: false,
    // An ordinary project imports "./rollout.js": its compiler and its bundler find rollout.ts by that, as Node does later.
    allowImportingTsExtensions: false,
  });
  const wrong = entries.flatMap((entry) => [...ts.getPreEmitDiagnostics(program, program.getSourceFile(entry))]);
  expect(ts.formatDiagnostics(wrong, ts.createCompilerHost(options))).toBe("");
});
