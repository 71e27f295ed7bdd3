/** What a call rejects with, when that is an error of this class; anything else fails the test. */
export async function rejection<Reason extends Error>(
  call: Promise<unknown>,
  errorClass: abstract new (...parameters: never[]) => Reason,
): Promise<Reason> {
  try {
    await call;
  } catch (reason) {
    if (reason instanceof errorClass) return reason;
    throw new Error(`rejected with something else than a ${errorClass.name}`, { cause: reason });
  }
  throw new Error(`resolved instead of rejecting with a ${errorClass.name}`);
}
