import { isObject } from "./json-value.mjs";

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/**
 * Whether both values hold a whole operation at the same method, directly or further down: below a path, or in `paths`.
 *
 * @param {unknown} document
 * @param {unknown} update
 * @returns {boolean}
 */
export function sharesOperation(document, update) {
  if (!isObject(document) || !isObject(update)) return false;
  return Object.entries(update).some(([key, added]) => {
    if (METHODS.has(key)) return isObject(document[key]) && isObject(added) && "responses" in added;
    return sharesOperation(document[key], added);
  });
}
