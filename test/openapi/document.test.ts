import { expect, test } from "vitest";
import { checkDocument } from "../../scripts/lib/openapi/document.mjs";
import { readVendored } from "../support/document-edits.ts";

const vendored = readVendored();

test("the vendored document is an OpenAPI document", () => {
  expect(checkDocument(vendored, "rollout.json")).toBe(vendored);
});

test.each([
  ["OpenAPI 2", { ...vendored, openapi: undefined, swagger: "2.0" }, " must have required property 'openapi'"],
  ["a future OpenAPI", { ...vendored, openapi: "4.0.0" }, "/openapi must match pattern"],
  ["one that is no object", [], " must be object"],
  ["one without a version", { ...vendored, info: {} }, "/info must have required property 'version'"],
  ["one without a server", { ...vendored, servers: [] }, "/servers must NOT have fewer than 1 items"],
  ["one with a relative server", { ...vendored, servers: [{ url: "/api" }] }, "/servers/0/url must match pattern"],
  [
    "one with a server of parts",
    { ...vendored, servers: [{ url: "https://{a}.b" }] },
    "/servers/0/url must match pattern",
  ],
  ["one without paths", { ...vendored, paths: undefined }, " must have required property 'paths'"],
])("a document is refused by name and reason: %s", (_, document, reason) => {
  expect(() => checkDocument(document, "new.json")).toThrow(
    `new.json: is not OpenAPI 3.0 or 3.1: the document${reason}`,
  );
});
