import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readOverlays, readVendoredDocument, renderForProject } from "../../scripts/lib/openapi/project.mjs";
import { type Outcome, ProjectCopy } from "../support/project-copy.ts";

const generatedFiles = ["document.ts", "openapi.json", "openapi.ts", "request-bodies.ts"].map(
  (name) => `src/generated/${name}`,
);

let copy: ProjectCopy;

beforeEach(() => {
  copy = new ProjectCopy();
});

describe("npm run generate", { timeout: 30_000 }, () => {
  test("writes the very bytes that are in src/generated", async () => {
    const before = readGenerated();
    rmSync(copy.path("src/generated"), { recursive: true });
    expect(await generate()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readGenerated()).toEqual(before);
    expect([...before.keys()].sort()).toEqual(generatedFiles);
  });

  test("takes the server's URL and the versions from their sources", async () => {
    copy.edit("openapi/rollout.json", (text) =>
      text.replace("universal.rollout.com", "other.example").replace('"1.0"', '"2.0"'),
    );
    copy.edit("package.json", (text) => text.replace(/"version": "[^"]+"/, '"version": "9.8.7"'));
    expect(await generate()).toEqual({ code: 0, stdout: "", stderr: "" });
    const constants = copy.read("src/generated/document.ts");
    expect(constants).toContain('serverUrl = "https://other.example/api"');
    expect(constants).toContain('documentVersion = "2.0"');
    expect(constants).toContain('packageVersion = "9.8.7"');
  });

  test("refuses an option that it does not know", async () => {
    const { code, stderr } = await generate("--chekc");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^generate: Unknown option '--chekc'.*\n$/);
  });
});

describe("npm run generate -- --check", { timeout: 30_000 }, () => {
  test("is content with fresh files and writes nothing", async () => {
    const before = readGenerated();
    expect(await generate("--check")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readGenerated()).toEqual(before);
  });

  test("names each file that is missing or has one changed byte, and writes nothing", async () => {
    copy.edit("src/generated/document.ts", changeOneByte);
    copy.edit("src/generated/openapi.ts", changeOneByte);
    copy.edit("src/generated/request-bodies.ts", changeOneByte);
    rmSync(copy.path("src/generated/openapi.json"));
    const before = readGenerated();
    const stderr = generatedFiles.map((name) => `${name} is stale: run "npm run generate"\n`).join("");
    expect(await generate("--check")).toEqual({ code: 1, stdout: "", stderr });
    expect(readGenerated()).toEqual(before);
  });
});

test("src/generated/document.ts changes with every byte of its sources, even one that changes nothing else", async () => {
  const { text: documentText, document: patched } = readVendoredDocument();
  const { sources: overlaySources } = readOverlays();
  const render = async (input: object): Promise<string | undefined> => {
    const files = await renderForProject({ patched, documentText, overlaySources, ...input });
    return files.get("src/generated/document.ts");
  };
  const rendered = await Promise.all([
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
}, 30_000);

describe("npm run generate with bad input touches no file and says on one line which file is wrong:", {
  timeout: 30_000,
}, () => {
  test.each([
    ["openapi/rollout.json", "a document that is not JSON", () => "openapi: 3.0.3\n", /is not JSON/],
    [
      "openapi/rollout.json",
      "a reference to nothing",
      (text: string) => text.replace('"type": "boolean"', '"$ref": "#/components/schemas/None"'),
      /Can't resolve \$ref at/,
    ],
    [
      "openapi/published.overlay.yaml",
      "an action that matches nothing",
      (text: string) => text.replace("$.paths['/credentials']\n", "$.paths['/none']\n"),
      /^openapi\/published\.overlay\.yaml: the action "GET \/credentials" matches nothing in the document/,
    ],
  ])("%s, %s", async (file, _, change, reason) => {
    copy.edit(file, change);
    await expectRefusal(file, reason);
  });

  test("a document that is missing", async () => {
    rmSync(copy.path("openapi/rollout.json"));
    await expectRefusal("openapi/rollout.json", /cannot be read: ENOENT/);
  });

  test("a file that cannot be replaced", async () => {
    const unreplaceable = copy.path("src/generated/openapi.ts");
    rmSync(unreplaceable);
    mkdirSync(join(unreplaceable, "folder"), { recursive: true });
    copy.edit("openapi/rollout.json", (text) => text.replace('"1.0"', '"2.0"'));
    const { code, stderr } = await generate();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^src\/generated\/openapi\.ts: cannot be written: .*\n$/);
    expect(readdirSync(copy.path("src/generated"))).toEqual([
      "document.ts",
      "openapi.json",
      "openapi.ts",
      "request-bodies.ts",
    ]);
    expect(copy.read("src/generated/document.ts")).toContain('documentVersion = "1.0"');
  });
});

function generate(...options: string[]): Promise<Outcome> {
  return copy.run("scripts/generate.mjs", ...options);
}

async function expectRefusal(file: string, reason: RegExp): Promise<void> {
  const before = copy.files();
  const { code, stderr } = await generate();
  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
  expect(stderr).toContain(file);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(copy.files()).toEqual(before);
}

function readGenerated(): Map<string, string> {
  return new Map([...copy.files()].filter(([name]) => name.startsWith("src/generated/")));
}

function changeOneByte(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "x" ? "y" : "x") + text.slice(middle + 1);
}
