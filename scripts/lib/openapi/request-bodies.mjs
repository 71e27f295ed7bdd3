import { isObject, propertyOf } from "./json-value.mjs";

/** @typedef {import("./document.mjs").OpenApiDocument} OpenApiDocument */

/**
 * The schemas that `rollout-client/testing` checks request bodies with.
 *
 * @param {OpenApiDocument} document
 */
export function renderRequestBodies(document) {
  const schemas = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const content = propertyOf(propertyOf(operation, "requestBody"), "content");
      const schema = propertyOf(propertyOf(content, "application/json"), "schema");
      return schema === undefined ? [] : [[`${method.toUpperCase()} ${path}`, withoutReferences(schema, document)]];
    }),
  );
  return `
/** The schema of each JSON request body of the document, by its operation. */
export const requestBodies = ${JSON.stringify(Object.fromEntries(schemas), null, 2)} as const;
`;
}

/**
 * Puts what they refer to in the place of references. One that leads back to itself becomes a schema that fits everything.
 *
 * @param {unknown} value
 * @param {OpenApiDocument} document
 * @param {readonly string[]} [followed]
 * @returns {unknown}
 */
function withoutReferences(value, document, followed = []) {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, document, followed));
  if (!isObject(value)) return value;
  const { $ref: reference } = value;
  if (typeof reference === "string") {
    if (followed.includes(reference)) return {};
    return withoutReferences(referredTo(reference, document), document, [...followed, reference]);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutReferences(member, document, followed)]),
  );
}

/**
 * @param {string} reference a JSON pointer into the document, such as `#/components/schemas/AppKey`
 * @param {OpenApiDocument} document
 */
function referredTo(reference, document) {
  const keys = reference.split("/").slice(1);
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")).reduce(propertyOf, document);
}
