import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyOverlays } from "../../scripts/lib/openapi/overlay.mjs";
import { readOverlays, readVendoredDocument, renderForProject } from "../../scripts/lib/openapi/project.mjs";
import { ProjectCopy, project } from "../support/project-copy.ts";

const generatedFiles = ["document.ts", "openapi.json", "openapi.ts", "request-bodies.ts"].map(
  (name) => `src/generated/${name}`,
);

test("npm run generate -- --check names each file that is missing or has one changed byte, and writes nothing; without --check it writes the very bytes of src/generated", async () => {
  const copy = new ProjectCopy();
  const generated = copy.files();
  for (const name of ["document.ts", "openapi.ts", "request-bodies.ts"]) {
    copy.edit(`src/generated/${name}`, changeOneByte);
  }
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
  const [other = "", ...rendered] = await Promise.all([
    render({ patched: moved }),
    render({}),
    render({ documentText: `${documentText}\n` }),
    ...overlaySources.map((changed) =>
      render({
        overlaySources: overlaySources.map((source) =>
          source === changed ? { ...source, text: `${source.text}\n` } : source,
        ),
      }),
    ),
  ]);
  expect(new Set(rendered).size).toBe(4);
  const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(other).toContain('serverUrl = "https://other.example/api"');
  expect(other).toContain('documentVersion = "2.0"');
  expect(other).toContain(`packageVersion = "${version}"`);
});

test.each([
  ["a document that is not JSON", "openapi/rollout.json", () => "{", "cannot be read as JSON or YAML"],
  [
    "an action that matches nothing",
    "openapi/published.overlay.yaml",
    (text: string) => text.replace("$.paths['/credentials']\n", "$.paths['/none']\n"),
    'the action "GET /credentials" matches nothing in the document',
  ],
])(
  "npm run generate with %s touches no file and says on one line which file is wrong",
  async (_, file, change, reason) => {
    const copy = new ProjectCopy();
    copy.edit(file, change);
    const before = copy.files();
    const { code, stderr } = await copy.run("scripts/generate.mjs");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.*\n$/);
    expect(stderr).toContain(`${file}: ${reason}`);
    expect(copy.files()).toEqual(before);
  },
);

test("npm run generate refuses an option that it does not know", async () => {
  const { code, stderr } = await new ProjectCopy().run("scripts/generate.mjs", "--chekc");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^generate: Unknown option '--chekc'.*\n$/);
});

function changeOneByte(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "x" ? "y" : "x") + text.slice(middle + 1);
}
