import { expect } from "vitest";

/** What a promise rejects with; the test fails when it does not, or with something of another class. */
export async function rejection<Failure>(
  promise: Promise<unknown>,
  errorClass: abstract new (...parameters: never[]) => Failure,
): Promise<Failure> {
  const reason = await promise.then(
    (value) => ({ resolvedTo: value }),
    (rejected: unknown) => rejected,
  );
  expect(reason).toBeInstanceOf(errorClass);
  expect.assert(reason instanceof errorClass);
  return reason;
}
