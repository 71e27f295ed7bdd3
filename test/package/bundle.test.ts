import { build } from "esbuild";
import { expect, inject, test } from "vitest";

/** Bundles a program that uses the package: its text, and the packages whose code is in it. */
async function bundle(program: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: inject("project") },
    bundle: true,
    format: "esm",
    metafile: true,
    logLevel: "error",
    write: false,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const names = inputs.flatMap(([path, { bytesInOutput }]) => {
    const name = /node_modules\/([^/]+)/.exec(path)?.[1];
    return name === undefined || bytesInOutput === 0 ? [] : [name];
  });
  return { text: outputFiles[0]?.text ?? "", packages: [...new Set(names)].sort() };
}

test.each([
  ["createRolloutClient", ["openapi-fetch", "rollout-client"], false],
  ["createTokenSigner", ["rollout-client"], false],
  ["openAuthorizePopup", ["rollout-client"], true],
])("a bundle of %s has only the packages %j in it, and the code of the pop-up: %j", async (name, packages, opens) => {
  const found = await bundle(`import { ${name} } from "rollout-client"; console.log(${name});`);
  expect([found.packages, found.text.includes("window.open(")]).toEqual([packages, opens]);
});

test("a bundle that imports the package for nothing has nothing of it", async () => {
  expect((await bundle(`import "rollout-client"; console.log("alone");`)).packages).toEqual([]);
});
