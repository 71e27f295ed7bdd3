import { expect, test } from "vitest";
import { checkDocument } from "../../scripts/lib/openapi/document.mjs";
import { applyOverlays } from "../../scripts/lib/openapi/overlay.mjs";
import { planUpdate } from "../../scripts/lib/spec-update/plan.mjs";
import { changeDocument, type DocumentEdit, readVendored } from "../support/document-edits.ts";

const vendored = checkDocument(readVendored(), "the vendored document");

async function planFor(edit: DocumentEdit) {
  const document = changeDocument(edit);
  return planUpdate(vendored, checkDocument(document, "a made-up document"), JSON.stringify(document));
}

test("an update names the actions of the overlay that are superfluous, that change the document's words, and that match nothing", async () => {
  const { problem, report, files } = await planFor((document) => {
    const { responses } = document.paths["/credentials"].post;
    responses["401"] = { ...responses["400"], description: "Unauthorized" };
    responses["403"] = { description: "No access" };
    delete responses["500"];
  });
  expect(report).toMatch(/The overlays:\n\n- superfluous, delete it from openapi\/\S+: the \S+ 401\n/);
  expect(report).toMatch(/- openapi\/\S+ changes what the document says itself: the \S+ 403\n/);
  expect(problem).toMatch(/the action "an example of the \S+ 500" matches nothing in the document \(.*'500'/);
  expect(report).toContain("- POST /credentials · responses/500: Response `500` was removed.\n");
  expect([...files]).toEqual([]);
});

test("an overlay's operation is superfluous, and left out, once the document has that operation itself", async () => {
  const own = { operationId: "own", responses: { 200: { description: "Its own" } } };
  const response = { description: "Added" };
  const added = { operationId: "added", responses: { 200: response, 400: response } };
  const actions = [
    { description: "a whole path", target: "$.paths", update: { "/things": { get: added } } },
    { description: "below a path", target: "$.paths['/things']", update: { get: added } },
    { description: "another method", target: "$.paths['/things']", update: { put: added } },
    { description: "a response", target: "$.paths['/things'].get.responses", update: { 401: response } },
  ];
  const document = checkDocument({ ...readVendored(), paths: { "/things": { get: own } } }, "a made-up document");
  const overlay = actions.map((action) => ({ ...action, overlayName: "an overlay" }));
  const patched = await applyOverlays(document, overlay);
  expect(patched.superfluous.map(({ description }) => description)).toEqual(["a whole path", "below a path"]);
  const get = { ...own, responses: { ...own.responses, 401: response } };
  expect(patched.document.paths["/things"]).toEqual({ get, put: added });
});

test("an update fails where openapi-typescript cannot follow a reference", async () => {
  const plan = planFor((document) => {
    document.paths["/credentials"].post.responses["418"] = { $ref: "#/components/responses/None" };
  });
  await expect(plan).rejects.toThrow(/Can't resolve \$ref/);
});
