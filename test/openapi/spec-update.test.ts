import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import {
  addEntity,
  addRequiredField,
  changeDocument,
  type DocumentEdit,
  fixTypo,
  readVendored,
} from "../support/document-edits.ts";
import { type Outcome, ProjectCopy } from "../support/project-copy.ts";
import { serve } from "../support/serve.ts";

let copy: ProjectCopy;
let before: Map<string, string>;

beforeEach(() => {
  copy = new ProjectCopy();
  before = copy.files();
});

/** `npm run spec:update` with the vendored document after some edits, in a file. */
function updateTo(edits: readonly DocumentEdit[], ...options: string[]): Promise<Outcome> {
  writeFileSync(copy.path("new.json"), JSON.stringify(changeDocument(...edits)));
  return copy.run("scripts/spec-update.mjs", "new.json", ...options);
}

function changeset(): string {
  const name = copy.list(".changeset").find((file) => file.endsWith(".md"));
  return name === undefined ? "" : copy.read(name);
}

describe("npm run spec:update", { timeout: 60_000 }, () => {
  test("puts an additive document in place: document, hash, generated files and a changeset of a minor release", async () => {
    const outcome = await updateTo([addEntity]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("Proposed: minor");
    const document = `${JSON.stringify(changeDocument(addEntity), null, 2)}\n`;
    expect(copy.read("openapi/rollout.json")).toBe(document);
    expect(copy.read("openapi/rollout.sha256")).toBe(
      `${createHash("sha256").update(document).digest("hex")}  rollout.json\n`,
    );
    expect(copy.read("src/generated/openapi.ts")).toContain("deals?: boolean");
    expect(await copy.run("scripts/generate.mjs", "--check")).toMatchObject({ code: 0 });
    expect(changeset()).toBe(`---
"rollout-client": minor
---

Follow a new document of the API (version 1.0).

Additions:

- POST /credentials, body, entitiesToSync: property \`deals\` was added
- PUT /credentials/{credentialId}, body, entitiesToSync: property \`deals\` was added (wherever components.schemas.EntitiesToSync is used)
`);
  });

  test("writes a changeset that changesets makes a release of", async () => {
    copy.edit("package.json", (text) => text.replace(/"version": "[^"]+"/, '"version": "1.2.3"'));
    await updateTo([addEntity]);
    expect(await copy.run("node_modules/@changesets/cli/bin.js", "version")).toMatchObject({ code: 0 });
    expect(copy.read("package.json")).toContain('"version": "1.3.0"');
    expect(copy.read("CHANGELOG.md")).toMatch(/## 1\.3\.0\n\n### Minor Changes\n[\s\S]*property `deals` was added/);
  });

  test("takes YAML, groups what changed, and proposes the release that the gravest change needs", async () => {
    const document = changeDocument(addEntity, addRequiredField, fixTypo);
    writeFileSync(copy.path("new.yaml"), stringify(document));
    expect(await copy.run("scripts/spec-update.mjs", "new.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(copy.read("openapi/rollout.json")).toBe(`${JSON.stringify(document, null, 2)}\n`);
    expect(changeset()).toContain(`"rollout-client": major
---

Follow a new document of the API (version 1.1, before 1.0).

Breaking:

- POST /credentials, body: properties became required: \`region\`

Additions:

- POST /credentials, body, entitiesToSync: property \`deals\` was added
- POST /credentials, body: property \`region\` was added
- PUT /credentials/{credentialId}, body, entitiesToSync: property \`deals\` was added (wherever components.schemas.EntitiesToSync is used)

Other:

- info: \`version\` changed from "1.0" to "1.1"
- POST /credentials: \`summary\` changed from "Create Credential" to "Create a credential"
`);
  });

  test("with --dry-run prints the same and writes nothing", async () => {
    const { code, stdout, stderr } = await updateTo([addRequiredField], "--dry-run");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Breaking:\n\n- POST /credentials, body: properties became required: `region`");
    expect(stdout).toContain("Proposed: major\nNothing was written.");
    expect(copy.files()).toEqual(before);
  });

  test("writes nothing for the same document in another format", async () => {
    writeFileSync(copy.path("same.yaml"), stringify(readVendored()));
    const { code, stdout } = await copy.run("scripts/spec-update.mjs", "same.yaml");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "same.yaml is what openapi/rollout.json holds already.\n" });
    expect(copy.files()).toEqual(before);
  });

  test("names the overlay's actions that the document has made superfluous, and the ones that now contradict it", async () => {
    const { stdout } = await updateTo(
      [
        (document) => {
          const { responses } = document.paths["/credentials"].post;
          responses["401"] = { ...responses["400"], description: "Unauthorized" };
          responses["403"] = { description: "No access" };
        },
      ],
      "--dry-run",
    );
    expect(stdout).toContain(`The overlays:

- superfluous, the document says it itself now: the response 401
- changes what the document says itself now: the response 403
`);
  });

  test("names an operation of the overlays that the document has itself now", async () => {
    const { stdout } = await updateTo(
      [
        (document) => {
          const operation = { operationId: "get_connectors", summary: "All connectors", responses: {} };
          Object.assign(document.paths, { "/connectors": { get: operation } });
        },
      ],
      "--dry-run",
    );
    expect(stdout).toContain("- changes what the document says itself now: GET /connectors\n");
  });
});

describe("npm run spec:update that fails says why in one line and leaves the working tree as it was", {
  timeout: 60_000,
}, () => {
  async function expectFailure(outcome: Outcome, reason: RegExp): Promise<void> {
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(reason);
    expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(copy.files()).toEqual(before);
  }

  test.each([
    ["no document", []],
    ["two documents", ["a.json", "b.json"]],
  ])("when it is given %s", async (_, sources) => {
    await expectFailure(await copy.run("scripts/spec-update.mjs", ...sources), /^spec:update: one document is needed/);
  });

  test("when it is given an option that it does not know", async () => {
    await expectFailure(await copy.run("scripts/spec-update.mjs", "new.json", "--dryrun"), /Unknown option '--dryrun'/);
  });

  test("when there is no such file", async () => {
    await expectFailure(await copy.run("scripts/spec-update.mjs", "none.json"), /^none\.json: cannot be read: ENOENT/);
  });

  test("when the document is OpenAPI 2", async () => {
    writeFileSync(copy.path("old.yaml"), 'swagger: "2.0"\n');
    await expectFailure(await copy.run("scripts/spec-update.mjs", "old.yaml"), /^old\.yaml: is OpenAPI 2\.0/);
  });

  test("when an action of the overlay matches nothing any more, which it names", async () => {
    const outcome = await updateTo([(document) => delete document.paths["/credentials"].post.responses["500"]]);
    await expectFailure(outcome, /the action "an example of the response 500" matches nothing/);
    expect(outcome.stdout).toMatch(/- impossible, its target is gone \(.*'500'.*\): an example of the response 500\n/);
    expect(outcome.stdout).toContain("- POST /credentials: response `500` was removed\n");
  });

  test("when openapi-typescript refuses the document", async () => {
    const outcome = await updateTo([
      (document) => {
        document.paths["/credentials"].post.responses["418"] = { $ref: "#/components/responses/None" };
      },
    ]);
    await expectFailure(outcome, /Can't resolve \$ref/);
  });

  test("when the type-check fails, at the lines to mend, which it prints", async () => {
    copy.edit("src/document-types.ts", (text) => text.replace('responses"][200]', 'responses"][201]'));
    before = copy.files();
    const outcome = await updateTo([addEntity]);
    await expectFailure(
      outcome,
      /^spec:update: the type-check fails with the new document: src\/[\w-]+\.ts\(\d+,\d+\): error TS/,
    );
    expect(outcome.stdout).toMatch(/To mend:\n\n(- src\/.*\n)*- src\/document-types\.ts\(/);
  });

  test("when a file cannot be replaced", async () => {
    rmSync(copy.path("openapi/rollout.sha256"));
    mkdirSync(copy.path("openapi/rollout.sha256/folder"), { recursive: true });
    before = copy.files();
    await expectFailure(await updateTo([addEntity]), /^openapi\/rollout\.sha256: cannot be written: EISDIR/);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("when it is ended by %s", async (signal) => {
    const requests = vi.fn();
    const { url } = await serve(requests);
    const { child, ended } = copy.start("scripts/spec-update.mjs", url);
    await vi.waitFor(() => expect(requests).toHaveBeenCalledOnce(), { timeout: 20_000 });
    child.kill(signal);
    await expectFailure(await ended, /^spec:update: interrupted, nothing was changed\n$/);
  });
});
