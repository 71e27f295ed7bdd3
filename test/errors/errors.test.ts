import {
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

const cause = new Error("what lies beneath");
const context = { method: "POST", path: "/credentials", attempts: 2, mayHaveSucceeded: true };
const answer = { status: 500, errors: [{ message: "one" }], body: { errors: [] }, headers: new Headers() };
const conversation = { otpChallengeId: "otp_1", errors: [{ message: "one" }], mayHaveSucceeded: true };

const instances = {
  RolloutConfigError: new RolloutConfigError("timeout", "must be a number", cause),
  RolloutApiError: new RolloutApiError("server_error", "answered 500", context, answer, cause),
  RolloutNetworkError: new RolloutNetworkError("timeout", "took too long", context, cause),
  RolloutResponseError: new RolloutResponseError("redirected", "was redirected", context, answer, cause),
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

  test("has its name as a literal: in the stack, and not among its fields", () => {
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack?.split("\n")[0]).toBe(String(error));
    expect(Object.keys(error)).not.toContain("name");
  });

  test("keeps what lies beneath", () => {
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).not.toContain("cause");
  });

  test("is shown by JSON.stringify with its name, message and fields", () => {
    const shown: unknown = JSON.parse(JSON.stringify(error));
    expect(shown).toMatchObject({ name, message: error.message, code: error.code });
    expect(Object.keys(Object(shown)).sort()).toEqual(["name", "message", ...Object.keys(error)].sort());
  });
});

test("a failure of a call is a RolloutCallError with what is known of the call; others are not", () => {
  const ofCalls = names.filter((name) => instances[name] instanceof RolloutCallError);
  expect(ofCalls).toEqual(["RolloutApiError", "RolloutNetworkError", "RolloutResponseError"]);
  for (const name of ofCalls) expect(instances[name]).toMatchObject(context);
});

test("a field that does not apply is not there, rather than undefined", () => {
  const api = new RolloutApiError("conflict", "answered 409", context, answer);
  const response = new RolloutResponseError("invalid_response", "was cut", context, answer);
  const config = new RolloutConfigError("timeout", "must be a number");
  for (const error of [api, response]) expect(error).not.toHaveProperty("requestId");
  expect(api).not.toHaveProperty("retryAfter");
  for (const error of [api, response, config]) expect(error).not.toHaveProperty("cause");
});

test("what is known of another error does not change the code of one that is made of it", () => {
  const { RolloutApiError: other } = instances;
  expect(new RolloutApiError("rate_limited", "wrapped", other, other).code).toBe("rate_limited");
});

test("every error tells whether the server may have done it all the same", () => {
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
