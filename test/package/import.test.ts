import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";

const declarations = readFileSync(join(inject("project"), "node_modules/rollout-client/dist/index.d.ts"), "utf8");

/** Runs a program in the project that has the package installed, and parses what it prints. */
async function runInProject(program: string, inputType: "module" | "commonjs" = "module"): Promise<unknown> {
  const args = [`--input-type=${inputType}`, "--disable-warning=ExperimentalWarning", "--eval", program];
  return JSON.parse(await runProgram(process.execPath, args, { cwd: inject("project") }));
}

test("an ES module imports all that the package declares, and a CommonJS module requires it", async () => {
  const declared = /^export \{ (.+) \};$/m.exec(declarations)?.[1]?.split(", ");
  expect(declared).toContain("createRolloutClient");
  const imports = `import * as client from "rollout-client"; console.log(JSON.stringify(Object.keys(client)));`;
  expect(await runInProject(imports)).toEqual(declared);
  const requires = `console.log(JSON.stringify(Object.keys(require("rollout-client"))));`;
  expect(await runInProject(requires, "commonjs")).toEqual(declared);
});

test("both are one module: an error made by one is an instance of the class of the other", async () => {
  const program = `
    import { createRequire } from "node:module";
    import { RolloutConfigError } from "rollout-client";
    const { createRolloutClient } = createRequire(process.cwd() + "/")("rollout-client");
    try { createRolloutClient({ token: "" }); }
    catch (error) { console.log(error instanceof RolloutConfigError); }`;
  expect(await runInProject(program)).toBe(true);
});

test("the document is imported and required as rollout-client/openapi.json", async () => {
  const document = JSON.parse(readFileSync(new URL("../../src/generated/openapi.json", import.meta.url), "utf8"));
  const imported = `import document from "rollout-client/openapi.json" with { type: "json" };
    console.log(JSON.stringify(document));`;
  const required = `console.log(JSON.stringify(require("rollout-client/openapi.json")));`;
  expect(await runInProject(imported)).toEqual(document);
  expect(await runInProject(required, "commonjs")).toEqual(document);
});

test.each(["rollout-client/dist/index.js", "rollout-client/src/generated/openapi.json"])(
  "%s is not for users",
  async (path) => {
    const program = `import(${JSON.stringify(path)}).catch(({ code }) => console.log(JSON.stringify(code)));`;
    expect(await runInProject(program)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  },
);
