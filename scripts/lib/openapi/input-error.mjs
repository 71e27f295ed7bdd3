/** A mistake in what a script was given. Its user sees the message as one line, without a stack. */
export class InputError extends Error {
  /**
   * @param {string} subject what was given: a file, an address, an option
   * @param {string} reason what is wrong with it
   * @param {ErrorOptions} [options]
   */
  constructor(subject, reason, options) {
    super(oneLine(`${subject}: ${reason}`), options);
    this.name = "InputError";
  }
}

/** @param {unknown} error */
export function reasonOf(error) {
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}
