import { rolldown } from "rolldown";
import { expect, inject, test } from "vitest";

/** Bundles a program that uses the package, and names the packages whose code is in the result. */
async function packagesIn(program: string): Promise<string[]> {
  const entry = `${inject("project")}/entry.js`;
  const bundle = await rolldown({
    input: entry,
    plugins: [
      { name: "entry", load: (id) => (id === entry ? program : null), resolveId: (id) => (id === entry ? id : null) },
    ],
  });
  const { output } = await bundle.generate();
  await bundle.close();
  const modules = output.flatMap((part) => (part.type === "chunk" ? Object.entries(part.modules) : []));
  const names = modules.flatMap(([id, { renderedLength }]) => {
    const name = /node_modules\/([^/]+)/.exec(id)?.[1];
    return name === undefined || renderedLength === 0 ? [] : [name];
  });
  return [...new Set(names)].sort();
}

test("a bundle that signs no token has nothing of jose in it", async () => {
  const program = `import { createRolloutClient } from "rollout-client";
    console.log(createRolloutClient({ token: "t" }));`;
  expect(await packagesIn(program)).toEqual(["openapi-fetch", "rollout-client"]);
});

test("a bundle that signs tokens has jose in it", async () => {
  const program = `import { createTokenSigner } from "rollout-client"; console.log(createTokenSigner());`;
  expect(await packagesIn(program)).toContain("jose");
});

test("a bundle that imports the package for nothing has nothing of it", async () => {
  expect(await packagesIn(`import "rollout-client"; console.log("alone");`)).toEqual([]);
});
