/** Calls a function of the caller's whose outcome must not matter: what it throws, or rejects with, is dropped. */
export async function ignoreFailure(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {}
}

/** Reads a member of the caller's, which may be a getter: `undefined` if it throws. */
export function readOrUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
