import { inspect } from "node:util";
import {
  isRolloutError,
  RolloutApiError,
  RolloutCallError,
  RolloutConfigError,
  RolloutError,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutPopupError,
  RolloutResponseError,
  RolloutWebhookError,
} from "rollout-client";
import { expect, test } from "vitest";

const innermost = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const cause = new TypeError("fetch failed", { cause: innermost });
const call = { method: "POST", path: "/things", origin: "https://rollout.test", attempts: 2, mayHaveSucceeded: true };
const response = { status: 500, headers: new Headers({ "X-Kept": "1" }), requestId: undefined };
const api = { ...response, errors: [{ message: "one" }], body: { errors: [] }, retryAfter: undefined };
const otp = { code: "otp_rejected", errors: [], mayHaveSucceeded: true } as const;

/** An error of each class, with the cause where it takes one. */
const errorsWith = (cause?: Error): Record<RolloutError["name"], RolloutError> => ({
  RolloutConfigError: new RolloutConfigError("invalid_config", "timeout", "must be a number", { cause }),
  RolloutApiError: new RolloutApiError("responded with 500", { code: "server_error", ...call, ...api }, cause),
  RolloutNetworkError: new RolloutNetworkError("took too long", { code: "timeout", ...call }, cause),
  RolloutResponseError: new RolloutResponseError("redirected", { code: "redirected", ...call, ...response }, cause),
  RolloutOtpError: new RolloutOtpError("was rejected", otp, "otp_1", cause),
  RolloutWebhookError: new RolloutWebhookError("invalid_payload", "is not JSON"),
  RolloutPopupError: new RolloutPopupError("popup_closed", "was closed"),
});
const errors = Object.entries(errorsWith(cause));

test.each(errors)("a %s is an Error and a RolloutError of that name, which stands in its stack", (name, error) => {
  expect([error instanceof Error, error instanceof RolloutError, error.name]).toEqual([true, true, name]);
  expect(error.constructor.name).toBe(name);
  expect(error.stack?.split("\n")[0]).toBe(`${name}: ${error.message}`);
});

test.each(errors)("a %s is shown by JSON.stringify with its name, message, fields and causes", (name, error) => {
  const { cause: shownCause, headers: shownHeaders, ...shown } = JSON.parse(JSON.stringify(error));
  const { headers: _headers, ...fields } = Object.fromEntries(Object.entries(error));
  // Compared as JSON, which has no undefined.
  expect(shown).toEqual(JSON.parse(JSON.stringify({ ...fields, name, message: error.message })));
  expect(shown.code).toBe(error.code);
  expect(shownHeaders).toEqual("headers" in error ? { "x-kept": "1" } : undefined);
  const deepest = { name: "Error", message: innermost.message, code: "ECONNREFUSED" };
  const expected = { name: "TypeError", message: cause.message, cause: deepest };
  expect(shownCause).toEqual(error.cause === undefined ? undefined : expected);
});

test("the cause is kept as it is, and is not there rather than undefined if there is none", () => {
  const withoutCause = errors.filter(([, error]) => error.cause !== cause).map(([name]) => name);
  expect(withoutCause).toEqual(["RolloutWebhookError", "RolloutPopupError"]);
  for (const error of Object.values(errorsWith())) expect(error).not.toHaveProperty("cause");
});

test("an error of a call is a RolloutCallError with what is known of the call; others are not", () => {
  const ofCalls = errors.filter(([, error]) => error instanceof RolloutCallError);
  expect(ofCalls.map(([name]) => name)).toEqual(["RolloutApiError", "RolloutNetworkError", "RolloutResponseError"]);
  for (const [, error] of ofCalls) expect(error).toMatchObject(call);
});

test("the challenge id of an error is in no printed or JSON output", () => {
  const error = new RolloutOtpError("was rejected", otp, "otp_1", cause);
  expect(error.otpChallengeId).toBe("otp_1");
  expect(inspect(error) + JSON.stringify(error)).not.toContain("otp_1");
});

test("isRolloutError recognizes the errors of this package, and of another copy by their name", () => {
  const foreign = errors.map(([name, { code }]) => Object.assign(new Error("of another copy"), { name, code }));
  expect([...errors.map(([, error]) => error), ...foreign].map(isRolloutError)).not.toContain(false);
  const withoutCode = Object.assign(new Error("of another package"), { name: "RolloutApiError" });
  const abort = new DOMException("The operation was aborted", "AbortError");
  for (const other of [cause, abort, withoutCode, undefined, null, "RolloutApiError", 7]) {
    expect(isRolloutError(other)).toBe(false);
  }
});
