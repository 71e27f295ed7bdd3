import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { InputError, reasonOf } from "./input-error.mjs";

/**
 * What this project needs of an OpenAPI 3 document; the rest is openapi-typescript's to check.
 *
 * @typedef {object} OpenApiDocument
 * @property {string} openapi
 * @property {{ version: string }} info
 * @property {[{ url: string }, ...{ url: string }[]]} servers
 * @property {Record<string, Record<string, unknown>>} paths
 */

const ajv = new Ajv({ formats: { url: (text) => URL.canParse(text) } });
const url = { type: "string", format: "url", pattern: "^https?://[^{]+$" };
/** @type {import("ajv").ValidateFunction<OpenApiDocument>} */
const isDocument = ajv.compile({
  type: "object",
  required: ["openapi", "info", "servers", "paths"],
  properties: {
    openapi: { type: "string", pattern: "^3\\.[01]\\." },
    info: { type: "object", required: ["version"], properties: { version: { type: "string" } } },
    servers: { type: "array", minItems: 1, items: { type: "object", required: ["url"], properties: { url } } },
    paths: { type: "object", additionalProperties: { type: "object" } },
  },
});

/**
 * @param {string} file
 * @param {string} name how messages call the file
 */
export function readText(file, name) {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new InputError(name, `cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * @param {string} text JSON or YAML
 * @param {string} name
 */
export function parseDocument(text, name) {
  let value;
  try {
    value = text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw new InputError(name, `cannot be read as JSON or YAML: ${reasonOf(cause)}`, { cause });
  }
  return checkDocument(value, name);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {OpenApiDocument}
 */
export function checkDocument(value, name) {
  if (isDocument(value)) return value;
  throw new InputError(
    name,
    `is not OpenAPI 3.0 or 3.1: ${ajv.errorsText(isDocument.errors, { dataVar: "the document" })}`,
  );
}
