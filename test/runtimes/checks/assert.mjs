/**
 * @param {unknown} actual
 * @param {unknown} expected compared as JSON
 */
export function equal(actual, expected) {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value) ?? "undefined");
  if (found !== wanted) throw new Error(`expected ${wanted}, found ${found}`);
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
export function matches(text, pattern) {
  if (!pattern.test(text)) throw new Error(`expected ${pattern}, found ${JSON.stringify(text)}`);
}

/**
 * What a call fails with.
 *
 * @param {Promise<unknown> | (() => unknown)} call
 * @returns {Promise<any>}
 */
export async function failureOf(call) {
  let value;
  try {
    value = await (typeof call === "function" ? call() : call);
  } catch (failure) {
    return failure;
  }
  throw new Error(`expected a failure, found ${JSON.stringify(value)}`);
}

/**
 * The named properties of an error, which must be one of this class.
 *
 * @template {Error} Failure
 * @template {keyof Failure} Name
 * @param {Promise<unknown> | (() => unknown)} call
 * @param {abstract new (...parameters: never[]) => Failure} errorClass
 * @param {Name[]} names
 */
export async function propertiesOfFailure(call, errorClass, ...names) {
  const failure = await failureOf(call);
  if (!(failure instanceof errorClass)) throw new Error(`expected a ${errorClass.name}, found ${String(failure)}`);
  return names.map((name) => failure[name]);
}
