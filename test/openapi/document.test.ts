import { expect, test } from "vitest";
import { checkDocument } from "../../scripts/lib/openapi/document.mjs";
import { readVendored } from "../support/document-edits.ts";

const vendored = readVendored();

test("the vendored document is an OpenAPI document", () => {
  expect(checkDocument(vendored, "rollout.json")).toBe(vendored);
});

test.each([
  ["OpenAPI 2", { ...vendored, openapi: undefined, swagger: "2.0" }, "is OpenAPI 2.0; 3.0 or 3.1 is needed"],
  ["a future OpenAPI", { ...vendored, openapi: "4.0.0" }, 'is OpenAPI "4.0.0"; 3.0 or 3.1 is needed'],
  [
    "one without a field openapi",
    { ...vendored, openapi: undefined },
    'is not an OpenAPI document: it has no field "openapi"',
  ],
  ["one that is no object", [], "is not an OpenAPI document: it is not an object"],
  ["one without a version", { ...vendored, info: {} }, "has no text at info.version"],
  ["one without a server", { ...vendored, servers: [] }, "has no absolute http(s) URL at servers[0].url"],
  [
    "one with a relative server",
    { ...vendored, servers: [{ url: "/api" }] },
    "has no absolute http(s) URL at servers[0].url",
  ],
  ["one without paths", { ...vendored, paths: undefined }, "has no object at paths"],
])("a document is refused by name and reason: %s", (_, document, reason) => {
  expect(() => checkDocument(document, "new.json")).toThrow(`new.json: ${reason}`);
});
