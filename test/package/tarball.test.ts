import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";

function installedFile(name: string): string {
  return readFileSync(join(inject("project"), "node_modules/rollout-client", name), "utf8");
}

test("the tarball holds the build, the OpenAPI document, the documentation and what npm asks for, nothing else", () => {
  const built = inject("packed").files.filter((file) => file.startsWith("dist/"));
  const pages = inject("packed").files.filter((file) => file.startsWith("docs/"));
  const rest = inject("packed").files.filter((file) => !/^(?:dist|docs)\//.test(file));
  expect(built).toEqual(expect.arrayContaining(["dist/index.d.ts", "dist/index.js", "dist/index.js.map"]));
  for (const file of built)
    expect(file).toMatch(/^dist\/((index|testing|shared-[\w-]+)\.(js|js\.map|d\.ts)|command-line\.js(\.map)?)$/);
  expect(pages).toEqual(expect.arrayContaining(["docs/README.md", "docs/errors.md"]));
  for (const page of pages) expect(page).toMatch(/^docs\/[\w-]+\.md$/);
  const told = ["CHANGELOG.md", "LICENSE", "MIGRATION.md", "README.md", "SECURITY.md"];
  expect(rest.sort()).toEqual([...told, "package.json", "src/generated/openapi.json"]);
});

test("the manifest exports the package, its document and itself, types first", () => {
  const manifest = JSON.parse(installedFile("package.json"));
  expect(Object.keys(manifest.exports)).toEqual([".", "./testing", "./openapi.json", "./package.json"]);
  expect(Object.keys(manifest.exports["."])).toEqual(["types", "default"]);
  // For compilers and tools that know no `exports`.
  expect(manifest).toMatchObject({ main: manifest.exports["."].default, types: manifest.exports["."].types });
  expect(manifest).toMatchObject({ type: "module", sideEffects: false, engines: { node: ">=20.19" }, license: "MIT" });
  // The scripts that npm runs at an install.
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
    expect(manifest.scripts).not.toHaveProperty(script);
  }
});

test.each(["dist/index.js", "dist/index.d.ts"])(
  "what %s imports is a dependency, and none of Node's modules",
  (file) => {
    const { dependencies } = JSON.parse(installedFile("package.json"));
    const imported = Array.from(
      installedFile(file).matchAll(/^import .*from ["'](.+)["'];$/gm),
      ([, name = ""]) => name,
    );
    expect(imported).not.toEqual([]);
    // The files of dist/ import each other, too.
    for (const name of imported.filter((name) => !/^\.\/shared-[\w-]+\.js$/.test(name))) {
      expect(builtinModules).not.toContain(name.replace(/^node:/, ""));
      expect(Object.keys(dependencies)).toContain(name.split("/")[0]);
    }
  },
);

test("the program starts with a line for the shell, and prints its help", async () => {
  const { bin } = JSON.parse(installedFile("package.json"));
  expect(bin).toEqual({ "rollout-client": "dist/command-line.js" });
  expect(installedFile(bin["rollout-client"])).toMatch(/^#!\/usr\/bin\/env node\n/);
  const program = join(inject("project"), "node_modules/rollout-client", bin["rollout-client"]);
  expect(await runProgram(process.execPath, [program, "--help"], {})).toMatch(/^Usage: rollout-client/);
});

test("the source map carries the sources, by paths of this package", () => {
  const { sources, sourcesContent } = JSON.parse(installedFile("dist/index.js.map"));
  expect(sources).toContain("../src/client.ts");
  for (const source of sources) expect(source).toMatch(/^\.\.\/src\/[\w/-]+\.ts$/);
  expect(sourcesContent).toHaveLength(sources.length);
  for (const content of sourcesContent) expect(content).toEqual(expect.stringMatching(/\S/));
  expect(installedFile("dist/index.js")).toMatch(/\/\/# sourceMappingURL=index\.js\.map\s*$/);
});

test("the declarations name no source map, because none is shipped", () => {
  expect(installedFile("dist/index.d.ts")).not.toContain("sourceMappingURL");
});
