import { expect } from "vitest";

/** What a promise rejects with, or a function throws; the test fails when it does not, or when that is of another class. */
export async function rejection<Failure>(
  attempt: Promise<unknown> | (() => unknown),
  errorClass: abstract new (...parameters: never[]) => Failure,
): Promise<Failure> {
  let reason: unknown;
  try {
    reason = { resolvedTo: await (typeof attempt === "function" ? attempt() : attempt) };
  } catch (thrown) {
    reason = thrown;
  }
  expect(reason).toBeInstanceOf(errorClass);
  expect.assert(reason instanceof errorClass);
  return reason;
}
