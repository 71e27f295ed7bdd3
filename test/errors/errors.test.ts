import { inspect } from "node:util";
import {
  isRolloutError,
  RolloutApiError,
  RolloutCallError,
  RolloutConfigError,
  RolloutError,
  RolloutNetworkError,
  RolloutOtpError,
  RolloutResponseError,
  RolloutWebhookError,
} from "rollout-client";
import { describe, expect, test } from "vitest";

const beneath = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const cause = new TypeError("fetch failed", { cause: beneath });
const context = { method: "POST", path: "/credentials", attempts: 2, mayHaveSucceeded: true };
const headers = new Headers({ "X-Kept": "1", "Set-Cookie": "session=secret" });
const absent = { requestId: undefined, retryAfter: undefined };
const response = { status: 500, errors: [{ message: "one" }], body: { errors: [] }, headers, ...absent };
const conversation = { otpChallengeId: "otp_1", errors: [{ message: "one" }], mayHaveSucceeded: true };

const instances = {
  RolloutConfigError: new RolloutConfigError("timeout", "must be a number", { cause }),
  RolloutApiError: new RolloutApiError("server_error", "responded with 500", context, response, cause),
  RolloutNetworkError: new RolloutNetworkError("timeout", "took too long", context, cause),
  RolloutResponseError: new RolloutResponseError("redirected", "was redirected", context, response, cause),
  RolloutOtpError: new RolloutOtpError("otp_rejected", "was refused", conversation, cause),
  RolloutWebhookError: new RolloutWebhookError("invalid_payload", "is not JSON", cause),
};
const classes = {
  RolloutConfigError,
  RolloutApiError,
  RolloutNetworkError,
  RolloutResponseError,
  RolloutOtpError,
  RolloutWebhookError,
};
const names = Object.keys(classes) as (keyof typeof classes)[];

describe.each(names)("a %s", (name) => {
  const error = instances[name];

  test("is an Error and a RolloutError, and of no other class", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RolloutError);
    expect(names.filter((other) => error instanceof classes[other])).toEqual([name]);
  });

  test("has its name in the stack, and not among its fields", () => {
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack?.split("\n")[0]).toBe(String(error));
    expect(Object.keys(error)).not.toContain("name");
  });

  test("keeps its cause, though not among its fields", () => {
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).not.toContain("cause");
  });

  test("is shown by JSON.stringify with its name, message, fields and causes", () => {
    const shown: unknown = JSON.parse(JSON.stringify(error));
    const shownCause = {
      name: "TypeError",
      message: "fetch failed",
      cause: { name: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" },
    };
    expect(shown).toMatchObject({ name, message: error.message, code: error.code, cause: shownCause });
    const defined = Object.entries(error).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    expect(Object.keys(Object(shown)).sort()).toEqual(["name", "message", "cause", ...defined].sort());
  });
});

test("a failure of a call is a RolloutCallError with what is known of the call; others are not", () => {
  const ofCalls = names.filter((name) => instances[name] instanceof RolloutCallError);
  expect(ofCalls).toEqual(["RolloutApiError", "RolloutNetworkError", "RolloutResponseError"]);
  for (const name of ofCalls) expect(instances[name]).toMatchObject(context);
});

test("the headers of an error are shown by JSON.stringify without cookies", () => {
  for (const name of ["RolloutApiError", "RolloutResponseError"] as const) {
    expect(JSON.parse(JSON.stringify(instances[name])).headers).toEqual({ "x-kept": "1" });
  }
});

test("the challenge id of an error is in no printed or JSON output", () => {
  const error = instances.RolloutOtpError;
  expect(error.otpChallengeId).toBe("otp_1");
  expect(inspect(error) + JSON.stringify(error)).not.toContain("otp_1");
});

test("isRolloutError recognizes the errors of this package, and of another copy by their name", () => {
  const foreign = Object.assign(new Error("of another copy"), { name: "RolloutApiError", code: "conflict" });
  expect([...Object.values(instances), foreign].map(isRolloutError)).not.toContain(false);
  const withoutCode = Object.assign(new Error("of another package"), { name: "RolloutApiError" });
  for (const other of [cause, undefined, null, { name: "RolloutApiError", code: "conflict" }, withoutCode]) {
    expect(isRolloutError(other)).toBe(false);
  }
});

test("a cause that does not apply is not there, rather than undefined", () => {
  const api = new RolloutApiError("conflict", "responded with 409", context, response);
  const invalid = new RolloutResponseError("invalid_response", "was cut", context, response);
  const config = new RolloutConfigError("timeout", "must be a number");
  for (const error of [api, invalid, config]) expect(error).not.toHaveProperty("cause");
});

test("what is known of another error does not change the code of one that is made of it", () => {
  const { RolloutApiError: other } = instances;
  expect(new RolloutApiError("rate_limited", "wrapped", other, other).code).toBe("rate_limited");
});

test("every error tells whether the request may have taken effect", () => {
  const told = Object.fromEntries(names.map((name) => [name, instances[name].mayHaveSucceeded]));
  expect(told).toEqual({
    RolloutConfigError: false,
    RolloutApiError: true,
    RolloutNetworkError: true,
    RolloutResponseError: true,
    RolloutOtpError: true,
    RolloutWebhookError: false,
  });
});

test("the message of a RolloutConfigError begins with the option", () => {
  expect(instances.RolloutConfigError).toMatchObject({ option: "timeout", message: "timeout must be a number" });
});
