import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("..", import.meta.url));
const generatedFiles = ["src/generated/document.ts", "src/generated/openapi.json", "src/generated/openapi.ts"];

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "rollout-client-generate-"));
  mkdirSync(join(copy, "src"));
  for (const name of ["package.json", "openapi", "scripts", "src/generated"]) {
    cpSync(join(project, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
});

afterEach(() => rmSync(copy, { recursive: true }));

describe("npm run generate", { timeout: 30_000 }, () => {
  test("writes the same bytes every time, and the ones that are in src/generated", async () => {
    rmSync(join(copy, "src/generated"), { recursive: true });
    expect(await generate()).toEqual({ code: 0, stderr: "" });
    const first = readGenerated();
    expect(await generate()).toEqual({ code: 0, stderr: "" });
    expect(readGenerated()).toEqual(first);
    expect(first).toEqual(new Map(generatedFiles.map((name) => [name, readFileSync(join(project, name), "utf8")])));
  });

  test("takes the server's URL and the versions from their sources", async () => {
    edit("openapi/rollout.json", (text) =>
      text.replace("universal.rollout.com", "other.example").replace('"1.0"', '"2.0"'),
    );
    edit("package.json", (text) => text.replace(/"version": "[^"]+"/, '"version": "9.8.7"'));
    expect(await generate()).toEqual({ code: 0, stderr: "" });
    const constants = readFileSync(join(copy, "src/generated/document.ts"), "utf8");
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
    expect(await generate("--check")).toEqual({ code: 0, stderr: "" });
    expect(readGenerated()).toEqual(before);
  });

  test.each(generatedFiles)("names %s after one changed byte in it", async (name) => {
    edit(name, changeOneByte);
    const before = readGenerated();
    expect(await generate("--check")).toEqual({ code: 1, stderr: `${name} is stale: run "npm run generate"\n` });
    expect(readGenerated()).toEqual(before);
  });

  test("names a generated file that is missing", async () => {
    rmSync(join(copy, "src/generated/openapi.json"));
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
    edit(name, change);
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
    edit("openapi/rollout.json", change);
    await expectRefusal("openapi/rollout.json", reason);
  });

  test("a file that cannot be replaced", async () => {
    const unreplaceable = join(copy, "src/generated/openapi.ts");
    rmSync(unreplaceable);
    mkdirSync(join(unreplaceable, "folder"), { recursive: true });
    edit("openapi/rollout.json", (text) => text.replace('"1.0"', '"2.0"'));
    const { code, stderr } = await generate();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^.*openapi\.ts: cannot be written: .*\n$/);
    expect(readdirSync(join(copy, "src/generated"))).toEqual(["document.ts", "openapi.json", "openapi.ts"]);
    expect(readFileSync(join(copy, "src/generated/document.ts"), "utf8")).toContain('documentVersion = "1.0"');
  });

  test("a document that is missing", async () => {
    rmSync(join(copy, "openapi/rollout.json"));
    await expectRefusal("openapi/rollout.json", /cannot be read: ENOENT/);
  });

  test.each([
    ["not YAML", () => "overlay: [", /is not YAML/],
    ["of another overlay version", (text: string) => text.replace("overlay: 1.0.0", "overlay: 2.0.0"), /Overlay 1\.0/],
    [
      "with an action that matches nothing",
      (text: string) => text.replace("responses['429']", "responses['430']"),
      /"an example of the answer 429" matches nothing in openapi\/rollout\.json/,
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
    edit("openapi/overlay.yaml", change);
    await expectRefusal("openapi/overlay.yaml", reason);
  });
});

describe("the patched document", () => {
  const document = JSON.parse(readFileSync(join(project, "src/generated/openapi.json"), "utf8"));
  const operation = document.paths["/credentials"].post;

  test("comes from the document as it was received", () => {
    const received = "77ef29f3f0282506d1daddd46a920181dd47b6b0d405a17456fd3ec931e2664c";
    const bytes = readFileSync(join(project, "openapi/rollout.json"));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(received);
  });

  test("requires a bearer token on every operation", () => {
    expect(document.components.securitySchemes.jwt).toEqual({ type: "http", scheme: "bearer", bearerFormat: "JWT" });
    expect(document.security).toEqual([{ jwt: [] }]);
    expect(operation.operationId).toBe("post_credentials");
    expect(operation.security).toBeUndefined();
  });

  test("declares the header that names a credential", () => {
    const scheme = { type: "apiKey", in: "header", name: "X-Rollout-Credential-Id" };
    expect(document.components.securitySchemes.credential_id).toEqual(scheme);
  });

  test("has an example on every answer, each with the body of the answer's schema", () => {
    const examples = Object.entries<{ content: Record<string, { examples?: object }> }>(operation.responses).map(
      ([status, { content }]) => [status, Object.keys(content["application/json"]?.examples ?? {})],
    );
    expect(Object.fromEntries(examples)).toEqual({
      200: ["credential", "otpChallenge"],
      400: ["badRequest"],
      401: ["unauthorized"],
      403: ["forbidden"],
      409: ["conflict"],
      429: ["rateLimited"],
      500: ["serverError"],
    });
    const { otpChallenge } = operation.responses[200].content["application/json"].examples;
    expect(otpChallenge.value.action).toBe("OTP_REQUEST");
  });

  test.each([401, 403, 409, 429])("gives the answer %i the error body of the documented answers", (status) => {
    const schema = operation.responses[status].content["application/json"].schema;
    expect(schema).toEqual(operation.responses[400].content["application/json"].schema);
  });

  test("takes appKey as one string, in every media type", () => {
    const bodies = Object.entries<{ schema: { properties: { appKey: object } } }>(operation.requestBody.content);
    expect(bodies.map(([type]) => type)).toContain("application/json");
    for (const [, { schema }] of bodies) expect(schema.properties.appKey).toEqual({ type: "string" });
  });
});

function generate(...options: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(copy, "scripts/generate.mjs"), ...options], (_, __, stderr) => {
      resolve({ code: child.exitCode ?? -1, stderr });
    });
  });
}

async function expectRefusal(file: string, reason: RegExp): Promise<void> {
  const before = readGenerated();
  const { code, stderr } = await generate();
  expect(code).toBe(1);
  expect(stderr).toMatch(reason);
  expect(stderr).toContain(file);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(readGenerated()).toEqual(before);
}

function readGenerated(): Map<string, string> {
  const names = readdirSync(join(copy, "src/generated")).map((name) => `src/generated/${name}`);
  return new Map(names.map((name) => [name, readFileSync(join(copy, name), "utf8")]));
}

function edit(name: string, change: (text: string) => string): void {
  const before = readFileSync(join(copy, name), "utf8");
  const after = change(before);
  expect(after, `the edit of ${name} changes it`).not.toBe(before);
  writeFileSync(join(copy, name), after);
}

function changeOneByte(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "x" ? "y" : "x") + text.slice(middle + 1);
}
