import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";

function installedFile(name: string): string {
  return readFileSync(join(inject("project"), "node_modules/rollout-client", name), "utf8");
}

test("the tarball holds the build, the OpenAPI document, the documentation and what npm asks for, nothing else", () => {
  const { files } = inject("packed");
  const told = ["CHANGELOG.md", "LICENSE", "MIGRATION.md", "README.md", "SECURITY.md"];
  const named = [...told, "package.json", "src/generated/openapi.json", "dist/index.js", "dist/index.d.ts"];
  expect(files).toEqual(expect.arrayContaining([...named, "dist/index.js.map", "docs/README.md", "docs/errors.md"]));
  const allowed =
    /^(dist\/(index|testing|shared-[\w-]+)\.(js|js\.map|d\.ts)|dist\/command-line\.js(\.map)?|docs\/[\w-]+\.md)$/;
  expect(files.filter((file) => !named.includes(file) && !allowed.test(file))).toEqual([]);
});

// What else a manifest can have wrong, publint and are-the-types-wrong know.
test("the manifest exports the package, its document and itself, and runs nothing at an install", () => {
  const { exports, scripts } = JSON.parse(installedFile("package.json"));
  expect(Object.keys(exports)).toEqual([".", "./testing", "./openapi.json", "./package.json"]);
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) expect(scripts).not.toHaveProperty(script);
});

test.each(["dist/index.js", "dist/index.d.ts"])(
  "what %s imports is a dependency, and none of Node's modules",
  (file) => {
    const { dependencies } = JSON.parse(installedFile("package.json"));
    const imports = installedFile(file).matchAll(/^import .*from ["'](.+)["'];$/gm);
    const imported = Array.from(imports, ([, name = ""]) => name.split("/")[0]);
    // The files of dist/ import each other, too.
    expect(new Set(imported.filter((name) => name !== "."))).toEqual(new Set(Object.keys(dependencies)));
  },
);

test("the program starts with a line for the shell, and prints its help", async () => {
  const { bin } = JSON.parse(installedFile("package.json"));
  expect(bin).toEqual({ "rollout-client": "dist/command-line.js" });
  expect(installedFile(bin["rollout-client"])).toMatch(/^#!\/usr\/bin\/env node\n/);
  const program = join(inject("project"), "node_modules/rollout-client", bin["rollout-client"]);
  expect(await runProgram(process.execPath, [program, "--help"], {})).toMatch(/^Usage: rollout-client/);
});

test("the source map carries the sources, by paths of this package; the declarations name none, because none is shipped", () => {
  const { sources, sourcesContent } = JSON.parse(installedFile("dist/index.js.map"));
  expect(sources).toContain("../src/client.ts");
  for (const source of sources) expect(source).toMatch(/^\.\.\/src\/[\w/-]+\.ts$/);
  expect(sourcesContent).toEqual(sources.map(() => expect.stringMatching(/\S/)));
  expect(installedFile("dist/index.js")).toMatch(/\/\/# sourceMappingURL=index\.js\.map\s*$/);
  expect(installedFile("dist/index.d.ts")).not.toContain("sourceMappingURL");
});
