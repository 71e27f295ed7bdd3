/**
 * openapi-format and openapi-typescript print their complaints with `console.error`; a script's user is owed one line of its own instead.
 *
 * @template T
 * @param {() => T | Promise<T>} work
 * @returns {Promise<{ value: T, lines: string[] }>}
 */
export async function captureConsoleErrors(work) {
  /** @type {string[]} */
  const lines = [];
  const original = console.error;
  console.error = (...args) => {
    lines.push(args.map(String).join(" "));
  };
  try {
    return { value: await work(), lines };
  } finally {
    console.error = original;
  }
}
