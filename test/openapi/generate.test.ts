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
  expect(await copy.run("scripts/generate.mjs", "--check")).toEqual({ code: 1, stdout: "", stderr });
  expect(copy.files()).toEqual(stale);
  expect(await copy.run("scripts/generate.mjs")).toEqual({ code: 0, stdout: "", stderr: "" });
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

test.each([
  ["a document that is not JSON", "openapi/rollout.json", () => "{", "cannot be read as JSON or YAML"],
  [
    "an action without a target",
    "openapi/published.overlay.yaml",
    withoutTarget,
    'the action "GET /credentials" matches nothing',
  ],
])("npm run generate refuses %s on one line, and touches no file", async (_, file, change, reason) => {
  const copy = new ProjectCopy();
  copy.edit(file, change);
  const before = copy.files();
  const { code, stderr } = await copy.run("scripts/generate.mjs");
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^.*\n$/) });
  expect(stderr).toContain(`${file}: ${reason}`);
  expect(copy.files()).toEqual(before);
});

test("npm run generate refuses an option that it does not know", async () => {
  const { code, stderr } = await new ProjectCopy().run("scripts/generate.mjs", "--chekc");
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^generate: Unknown option '--chekc'.*\n$/),
  });
});

function changeOneByte(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "x" ? "y" : "x") + text.slice(middle + 1);
}
