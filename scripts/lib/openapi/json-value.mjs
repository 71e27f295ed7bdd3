/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {string | number} key
 * @returns {unknown} undefined when there is no such property or item, or nothing that could have one
 */
export function propertyOf(value, key) {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/**
 * Whether `expected` is already in `actual`: every property of an object, every item of an array (in any order), the same primitive.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @returns {boolean}
 */
export function contains(actual, expected) {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && expected.every((item) => actual.some((candidate) => contains(candidate, item)));
  }
  if (isObject(expected)) {
    return isObject(actual) && Object.entries(expected).every(([key, value]) => contains(actual[key], value));
  }
  return Object.is(actual, expected);
}

/**
 * Whether merging `update` into `actual` replaces one of its values, or adds to a list that has items already.
 *
 * @param {unknown} actual
 * @param {unknown} update
 * @returns {boolean}
 */
export function wouldOverride(actual, update) {
  if (actual === undefined || update === undefined) return false;
  if (Array.isArray(actual) && Array.isArray(update)) return actual.length > 0 && !contains(actual, update);
  if (isObject(actual) && isObject(update)) {
    return Object.entries(update).some(([key, value]) => wouldOverride(actual[key], value));
  }
  return !Object.is(actual, update);
}
