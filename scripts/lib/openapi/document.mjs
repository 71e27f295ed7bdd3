import { readFileSync } from "node:fs";
import { InputError, reasonOf } from "./input-error.mjs";
import { isObject, propertyOf } from "./json-value.mjs";

/**
 * What this project needs of an OpenAPI 3 document; the rest is openapi-typescript's to check.
 *
 * @typedef {object} OpenApiDocument
 * @property {string} openapi
 * @property {{ version: string }} info
 * @property {[{ url: string }, ...{ url: string }[]]} servers
 * @property {Record<string, Record<string, unknown>>} paths
 */

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
 * @param {string} text
 * @param {string} name
 * @returns {unknown}
 */
export function parseJson(text, name) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(name, `is not JSON: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {OpenApiDocument}
 */
export function checkDocument(value, name) {
  assertDocument(value, name);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {asserts value is OpenApiDocument}
 */
function assertDocument(value, name) {
  const reason = whyNotOpenApi3(value);
  if (reason !== undefined) throw new InputError(name, reason);
}

/**
 * @param {unknown} value
 * @returns {string | undefined}
 */
function whyNotOpenApi3(value) {
  if (!isObject(value)) return "is not an OpenAPI document: it is not an object";
  const { openapi, swagger, info, servers, paths } = value;
  if (swagger !== undefined) return `is OpenAPI ${String(swagger)}; 3.0 or 3.1 is needed`;
  if (openapi === undefined) return 'is not an OpenAPI document: it has no field "openapi"';
  if (typeof openapi !== "string" || !/^3\.[01]\.\d+/.test(openapi)) {
    return `is OpenAPI ${JSON.stringify(openapi)}; 3.0 or 3.1 is needed`;
  }
  if (typeof propertyOf(info, "version") !== "string") return "has no text at info.version";
  if (!isObject(paths) || !Object.values(paths).every(isObject)) return "has no object at paths";
  if (!isBaseUrl(propertyOf(propertyOf(servers, 0), "url"))) return "has no absolute http(s) URL at servers[0].url";
  return undefined;
}

/** @param {unknown} url */
function isBaseUrl(url) {
  return typeof url === "string" && /^https?:\/\//.test(url) && !url.includes("{") && URL.canParse(url);
}
