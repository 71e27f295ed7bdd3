import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const configuration = {
  compilerOptions: {
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
};

const clients = {
  "rollout-client": `import { createRolloutApi } from "rollout-client";
import type { paths } from "./openapi.js";
const api = createRolloutApi<paths>({ token: "a token", baseUrl: "https://family.example/api", credentialId: "a credential" });
`,
  "openapi-fetch": `import createClient from "openapi-fetch";
import type { paths } from "./openapi.js";
const api = createClient<paths>({ baseUrl: "https://family.example/api" });
`,
};

/**
 * Writes a small program of a user, with the types of the large document, in a package of its own.
 *
 * @param {string} folder
 * @param {keyof typeof clients} client
 * @param {{ types: string, project: string }} input the generated types, and the folder of this package, built
 */
export function writeUserProgram(folder, client, { types, project }) {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(project, join(folder, "node_modules/rollout-client"));
  symlinkSync(join(project, "node_modules/openapi-fetch"), join(folder, "node_modules/openapi-fetch"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  writeFileSync(join(folder, "openapi.ts"), types);
  writeFileSync(
    join(folder, "program.ts"),
    clients[client] + Array.from({ length: 10 }, (_, index) => callsOfResource(index)).join(""),
  );
}

/** @param {number} index */
function callsOfResource(index) {
  const path = `params: { path: { id: "1" } }`;
  const body = `body: { id: "1", createdAt: "2026-11-24T09:00:00Z", name: null, tags: ["a"] }`;
  return `
export async function useResource${index}() {
  const list = await api.GET("/resource${index}", { params: { query: { limit: 10 } } });
  const made = await api.POST("/resource${index}", { ${body} });
  const got = await api.GET("/resource${index}/{id}", { ${path} });
  const changed = await api.PATCH("/resource${index}/{id}", { ${path}, ${body} });
  await api.DELETE("/resource${index}/{id}", { ${path} });
  return [list.data?.records?.[0]?.name, made.data?.id, got.error?.errorMessage, changed.data?.stage];
}
`;
}
