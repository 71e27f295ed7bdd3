import { writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import * as edits from "../support/document-edits.ts";
import { ProjectCopy } from "../support/project-copy.ts";

let copy: ProjectCopy;
let before: Map<string, string>;

beforeEach(() => {
  copy = new ProjectCopy();
  copy.typeCheckOnlyGenerated();
  before = copy.files();
});

function specUpdate(document: object, ...options: string[]) {
  writeFileSync(copy.path("new.yaml"), stringify(document));
  return copy.run("scripts/spec-update.mjs", "new.yaml", ...options);
}

test("spec:update with --dry-run groups what it would change, proposes the release that the gravest change needs, and writes nothing", async () => {
  const document = edits.changeDocument(edits.addEntity, edits.addRequiredField, edits.fixTypo);
  const { code, stdout, stderr } = await specUpdate(document, "--dry-run");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(`Breaking:

- POST /credentials · requestBody · required: Properties became required: \`region\`.

Additions:

- POST /credentials · requestBody/properties/entitiesToSync/properties/deals: added
- POST /credentials · requestBody/properties/region: added
- PUT /credentials/{credentialId} · requestBody/properties/entitiesToSync/properties/deals: added (wherever components/schemas/EntitiesToSync is used)

Other:

- info · version: modified
- POST /credentials · summary: modified

Proposed: major
Nothing was written.
`);
  expect(copy.files()).toEqual(before);
});

test("spec:update writes nothing for the same document in another format", async () => {
  const { code, stdout } = await specUpdate(edits.readVendored());
  expect({ code, stdout }).toEqual({ code: 0, stdout: "new.yaml is what openapi/rollout.json holds already.\n" });
  expect(copy.files()).toEqual(before);
});

test("spec:update names the lines of src that no longer fit a credential without an id and a third response, none for a new field of the challenge, and writes nothing", async () => {
  copy.edit("tsconfig.json", (text) => text.replace('["src/generated"]', '["src/document-types.ts"]'));
  const document = edits.changeDocument((changed) => {
    for (const { otpChallenge, credential, all } of edits.createResponses(changed)) {
      credential.required = [];
      Object.assign(otpChallenge.properties ?? {}, { expiresAt: { type: "string" } });
      otpChallenge.required?.push("expiresAt");
      all.push({ type: "object", properties: { pending: { type: "boolean" } }, required: ["pending"] });
    }
  });
  const { code, stdout, stderr } = await specUpdate(document);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^spec:update: the type-check fails with the new document: src\/.+: error TS.*\n$/);
  const named = [...stdout.matchAll(/^- (src\/.+)\((\d+),\d+\): error TS/gm)].map(
    ([, file = "", line]) => `${file}: ${copy.read(file).split("\n")[Number(line) - 1]?.trim()}`,
  );
  expect(named).toEqual([
    "src/document-types.ts: type Challenge = OnlyChallenge<Exclude<Created, { id: string }>>;",
    "src/document-types.ts: export interface Credential extends Extract<Created, { id: string }> {}",
  ]);
  expect(copy.files()).toEqual(before);
});

test.each([
  ["no document", [], /^spec:update: one document is needed: npm run spec:update .*\n$/],
  ["two documents", ["a.json", "b.json"], /^spec:update: one document is needed: .*\n$/],
  ["an option that it does not know", ["new.json", "--dryrun"], /^spec:update: Unknown option '--dryrun'.*\n$/],
  ["a file that is not there", ["none.json"], /^none\.json: cannot be read: ENOENT.*\n$/],
])("spec:update refuses %s in one line", async (_, options, reason) => {
  const { code, stdout, stderr } = await copy.run("scripts/spec-update.mjs", ...options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(reason);
  expect(copy.files()).toEqual(before);
});
