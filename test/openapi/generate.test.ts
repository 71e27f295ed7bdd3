import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Outcome, ProjectCopy, project } from "../support/project-copy.ts";

const generatedFiles = ["document.ts", "openapi.json", "openapi.ts", "request-bodies.ts"].map(
  (name) => `src/generated/${name}`,
);

let copy: ProjectCopy;

beforeEach(() => {
  copy = new ProjectCopy();
});

describe("npm run generate", { timeout: 30_000 }, () => {
  test("writes the same bytes every time, and the ones that are in src/generated", async () => {
    rmSync(copy.path("src/generated"), { recursive: true });
    expect(await generate()).toEqual({ code: 0, stdout: "", stderr: "" });
    const first = readGenerated();
    expect(await generate()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readGenerated()).toEqual(first);
    expect(first).toEqual(new Map(generatedFiles.map((name) => [name, readFileSync(join(project, name), "utf8")])));
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

  test.each(generatedFiles)("names %s after one changed byte in it", async (name) => {
    copy.edit(name, changeOneByte);
    const before = readGenerated();
    expect(await generate("--check")).toEqual({
      code: 1,
      stdout: "",
      stderr: `${name} is stale: run "npm run generate"\n`,
    });
    expect(readGenerated()).toEqual(before);
  });

  test("names a generated file that is missing", async () => {
    rmSync(copy.path("src/generated/openapi.json"));
    const { code, stderr } = await generate("--check");
    expect(code).toBe(1);
    expect(stderr).toBe('src/generated/openapi.json is stale: run "npm run generate"\n');
  });

  test.each([
    ["openapi/rollout.json", "an insignificant byte", (text: string) => `${text}\n`],
    ["openapi/rollout.json", "a significant byte", (text: string) => text.replace("otpChallengeId", "otpChallengeIx")],
    ["openapi/overlay.yaml", "a byte of a comment", (text: string) => text.replace("# What", "# what")],
    ["openapi/overlay.yaml", "a significant byte", (text: string) => text.replace("cred_01example", "cred_02example")],
  ])("finds src/generated stale after a change of %s: %s", async (name, _, change) => {
    copy.edit(name, change);
    const { code, stderr } = await generate("--check");
    expect(code).toBe(1);
    expect(stderr).toContain("src/generated/document.ts is stale");
  });
});

describe("npm run generate with bad input says which file and why in one line, and touches no file", {
  timeout: 30_000,
}, () => {
  const documentWith = (change: object) => () =>
    JSON.stringify({ ...JSON.parse(readFileSync(join(project, "openapi/rollout.json"), "utf8")), ...change });

  test.each([
    ["not JSON", () => "openapi: 3.0.3\n", /is not JSON/],
    ["OpenAPI 2", documentWith({ openapi: undefined, swagger: "2.0" }), /is OpenAPI 2\.0/],
    ["a future OpenAPI", documentWith({ openapi: "4.0.0" }), /is OpenAPI "4\.0\.0"/],
    ["no field openapi", documentWith({ openapi: undefined }), /no field "openapi"/],
    ["not an object", () => "[]", /is not an object/],
    ["no version", documentWith({ info: {} }), /info\.version/],
    ["no server", documentWith({ servers: [] }), /servers\[0\]\.url/],
    ["a server relative to nothing", documentWith({ servers: [{ url: "/api" }] }), /servers\[0\]\.url/],
    ["no paths", documentWith({ paths: undefined }), /no object at paths/],
    [
      "a reference to nothing",
      (text: string) => text.replace('"type": "boolean"', '"$ref": "#/components/schemas/None"'),
      /Can't resolve \$ref at/,
    ],
  ])("a document: %s", async (_, change, reason) => {
    copy.edit("openapi/rollout.json", change);
    await expectRefusal("openapi/rollout.json", reason);
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

  test("a document that is missing", async () => {
    rmSync(copy.path("openapi/rollout.json"));
    await expectRefusal("openapi/rollout.json", /cannot be read: ENOENT/);
  });

  test.each([
    ["not YAML", () => "overlay: [", /is not YAML/],
    ["of another overlay version", (text: string) => text.replace("overlay: 1.0.0", "overlay: 2.0.0"), /Overlay 1\.0/],
    [
      "with an action that matches nothing",
      (text: string) => text.replace("responses['429']", "responses['430']"),
      /"an example of the answer 429" matches nothing in the document/,
    ],
    [
      "with a target that is no JSONPath",
      (text: string) => text.replace("responses['429']", "responses['429'"),
      /"an example of the answer 429"/,
    ],
    [
      "with an update that the tool drops",
      (text: string) =>
        text.replace(
          "target: $\n    update:\n      security:\n        - jwt: []",
          "target: $.security\n    update:\n      jwt: []",
        ),
      /"jwt required on every operation" had no effect/,
    ],
    [
      "with an action that does nothing",
      (text: string) => text.replace("remove: true", "remove: false"),
      /action 4 needs/,
    ],
  ])("an overlay %s", async (_, change, reason) => {
    copy.edit("openapi/overlay.yaml", change);
    await expectRefusal("openapi/overlay.yaml", reason);
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
