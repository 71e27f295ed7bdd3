import { isObject, propertyOf } from "../openapi/json-value.mjs";

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/**
 * Where in an OpenAPI document something is, as a reader of the API's reference would say it.
 *
 * @typedef {{ noun: string, name?: string }} Part
 *
 * @typedef {object} Place
 * @property {string | undefined} operation `POST /credentials`, or a path of which all operations are meant
 * @property {string | undefined} mediaType
 * @property {Part[]} parts from the outside in: the body, its property, …
 */

/**
 * @param {string} pointer a JSON pointer with "#", through references as if they were not there
 * @param {unknown} document
 * @returns {Place}
 */
export function placeOf(pointer, document) {
  const tokens = pointerTokens(pointer);
  const rest = [...tokens];
  const operation = takeOperation(rest);
  /** @type {Part[]} */
  const parts = [];
  let mediaType;
  while (rest.length > 0) {
    const token = rest.shift() ?? "";
    if (token === "content" && rest.length > 0) mediaType = rest.shift();
    else if (token === "parameters" && rest.length > 0) {
      rest.shift();
      parts.push(parameterPart(valueAt(document, tokens.slice(0, tokens.length - rest.length))));
    } else if (token !== "schema" && token !== "components") parts.push(partOf(token, rest));
  }
  return { operation, mediaType, parts };
}

/** @param {string} pointer */
function pointerTokens(pointer) {
  return pointer
    .replace(/^#\/?/, "")
    .split("/")
    .filter((token) => token !== "")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/**
 * @param {string[]} rest loses what it names
 * @returns {string | undefined}
 */
function takeOperation(rest) {
  if (rest[0] !== "paths" || rest.length < 2) return undefined;
  const [, path, method] = rest;
  const hasMethod = method !== undefined && methods.has(method);
  rest.splice(0, hasMethod ? 3 : 2);
  return hasMethod ? `${method.toUpperCase()} ${path}` : path;
}

/**
 * @param {string} token
 * @param {string[]} rest loses the name that belongs to the token
 * @returns {Part}
 */
function partOf(token, rest) {
  const noun = nouns.get(token);
  const name = noun === undefined ? undefined : rest.shift();
  if (noun === undefined || name === undefined) return { noun: token === "requestBody" ? "body" : token };
  return { noun, name: lists.has(token) ? String(Number(name) + 1) : name };
}

const nouns = new Map([
  ["allOf", "part"],
  ["anyOf", "alternative"],
  ["oneOf", "alternative"],
  ["security", "security requirement"],
  ["servers", "server"],
  ["examples", "example"],
  ["headers", "header"],
  ["properties", "property"],
  ["responses", "answer"],
  ["schemas", "schema"],
  ["securitySchemes", "security scheme"],
]);

/** What is below these is counted, not named. */
const lists = new Set(["allOf", "anyOf", "oneOf", "security", "servers"]);

/**
 * @param {unknown} parameter
 * @returns {Part}
 */
function parameterPart(parameter) {
  const name = propertyOf(parameter, "name");
  const place = propertyOf(parameter, "in");
  return typeof name === "string" ? { noun: `${place} parameter`, name } : { noun: "parameter" };
}

/**
 * @param {unknown} document
 * @param {readonly string[]} tokens
 */
function valueAt(document, tokens) {
  return tokens.reduce((value, token) => resolve(document, propertyOf(value, token)), document);
}

/**
 * @param {unknown} document
 * @param {unknown} value
 * @returns {unknown}
 */
function resolve(document, value) {
  const reference = isObject(value) ? propertyOf(value, "$ref") : undefined;
  return typeof reference === "string" && reference.startsWith("#/")
    ? valueAt(document, pointerTokens(reference))
    : value;
}
