import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyOverlays } from "../../scripts/lib/openapi/overlay.mjs";
import { readOverlays, readVendoredDocument, renderForProject } from "../../scripts/lib/openapi/project.mjs";
import { ProjectCopy, project } from "../support/project-copy.ts";

const names = ["document.ts", "openapi.json", "openapi.ts", "request-bodies.ts"];
const generatedFiles = names.map((name) => `src/generated/${name}`);

test("npm run generate -- --check names each file that is missing or has one changed byte, and writes nothing; without --check it writes the very bytes of src/generated", async () => {
  const copy = new ProjectCopy();
  const generated = copy.files();
  for (const name of generatedFiles) copy.edit(name, changeOneByte);
  rmSync(copy.path("src/generated/openapi.json"));
  const stale = copy.files();
  const stderr = generatedFiles.map((name) => `${name} is stale: run "npm run generate"\n`).join("");
  expect(await copy.run("scripts/generate.mjs", "--check")).toMatchObject({ code: 1, stdout: "", stderr });
  expect(copy.files()).toEqual(stale);
  expect(await copy.run("scripts/generate.mjs")).toMatchObject({ code: 0, stdout: "", stderr: "" });
  expect(copy.files()).toEqual(generated);
});

test("src/generated takes the server's URL and the versions from their sources, and changes with every byte of them, even one that changes nothing else", async () => {
  const { text: documentText, document } = readVendoredDocument();
  const { sources: overlaySources, actions } = readOverlays();
  const { document: patched } = await applyOverlays(document, actions);
  const render = async (input: object): Promise<string> => {
    const files = await renderForProject({ patched, documentText, overlaySources, ...input });
    expect([...files.keys()]).toEqual(generatedFiles);
    return files.get("src/generated/document.ts") ?? "";
  };
  const moved = { ...patched, servers: [{ url: "https://other.example/api" }], info: { version: "2.0" } };
  const [corrections, published] = overlaySources;
  const changed = (source = corrections) => ({ ...source, text: `${source?.text}\n` });
  const [other = "", ...rendered] = await Promise.all([
    render({ patched: moved }),
    render({}),
    render({ documentText: `${documentText}\n` }),
    render({ overlaySources: [changed(corrections), published] }),
    render({ overlaySources: [corrections, changed(published)] }),
  ]);
  expect(new Set(rendered).size).toBe(4);
  const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(other).toContain('serverUrl = "https://other.example/api"');
  expect(other).toContain('documentVersion = "2.0"');
  expect(other).toContain(`packageVersion = "${version}"`);
});

const withoutTarget = (text: string) => text.replace("$.paths['/credentials']\n", "$.paths['/none']\n");

test.each<[string, [file: string, (text: string) => string], string[], string]>([
  ["a document that is not JSON", ["openapi/rollout.json", () => "{"], [], "openapi/rollout.json"],
  ["an action without a target", ["openapi/published.overlay.yaml", withoutTarget], [], "GET /credentials"],
  ["an option that it does not know", ["package.json", (text) => `${text}\n`], ["--chekc"], "--chekc"],
])("npm run generate refuses %s on one line, and touches no file", async (_case, edit, options, word) => {
  const copy = new ProjectCopy();
  copy.edit(...edit);
  const before = copy.files();
  const { code, stderr } = await copy.run("scripts/generate.mjs", ...options);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^.*\n$/) });
  expect(stderr).toContain(word);
  expect(copy.files()).toEqual(before);
});

function changeOneByte(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "x" ? "y" : "x") + text.slice(middle + 1);
}
