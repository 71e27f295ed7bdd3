import { build } from "esbuild";
import { expect, inject, test } from "vitest";

/** Bundles a program that uses the package. */
function bundle(program: string) {
  return build({
    stdin: { contents: program, resolveDir: inject("project") },
    bundle: true,
    format: "esm",
    metafile: true,
    logLevel: "error",
    write: false,
  });
}

/** Names the packages whose code is in the bundle of a program. */
async function packagesIn(program: string): Promise<string[]> {
  const { metafile } = await bundle(program);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const names = inputs.flatMap(([path, { bytesInOutput }]) => {
    const name = /node_modules\/([^/]+)/.exec(path)?.[1];
    return name === undefined || bytesInOutput === 0 ? [] : [name];
  });
  return [...new Set(names)].sort();
}

test.each([
  ["createRolloutClient", ["openapi-fetch", "rollout-client"]],
  ["createTokenSigner", ["rollout-client"]],
])("a bundle of %s has only the packages %j in it", async (name, packages) => {
  const program = `import { ${name} } from "rollout-client"; console.log(${name});`;
  expect(await packagesIn(program)).toEqual(packages);
});

test("a bundle has the code of the pop-up only if it opens one", async () => {
  const opensPopup = async (name: string): Promise<boolean | undefined> => {
    const { outputFiles } = await bundle(`import { ${name} } from "rollout-client"; console.log(${name});`);
    return outputFiles[0]?.text.includes("window.open(");
  };
  expect(await opensPopup("openAuthorizePopup")).toBe(true);
  expect(await opensPopup("createRolloutClient")).toBe(false);
});

test("a bundle that imports the package for nothing has nothing of it", async () => {
  expect(await packagesIn(`import "rollout-client"; console.log("alone");`)).toEqual([]);
});
