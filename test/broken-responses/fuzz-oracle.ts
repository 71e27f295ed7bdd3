import type { RolloutErrorCode } from "rollout-client";
import { expect } from "vitest";

/** An answer as a server may give it, however strange. */
export interface FuzzedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Does the connection break after the body? */
  readonly breaks: boolean;
}

/** What has to come out of `credentials.create`, told from the answer alone. */
export type Expectation =
  | { readonly outcome: "value"; readonly value: unknown }
  | {
      readonly outcome: "error";
      readonly name: "RolloutApiError" | "RolloutNetworkError" | "RolloutResponseError";
      readonly code: RolloutErrorCode;
      readonly mayHaveSucceeded: boolean;
      /** `undefined` where the error has none. */
      readonly status: number | undefined;
      readonly attempts: number;
    };

/** How often a POST is sent when each answer is this one, `limit` times at most again, and no wait is allowed. */
function attemptsOf({ status, headers }: FuzzedAnswer, limit: number): number {
  const asked = headers.find(([name]) => name.toLowerCase() === "retry-after")?.[1].trim();
  const seconds = asked !== undefined && /^[0-9]+$/.test(asked) ? Number(asked) : undefined;
  const isDate = asked !== undefined && / GMT$/.test(asked);
  const mayBeRepeated = status === 429 || (status === 503 && (seconds !== undefined || isDate));
  const isTooLong = seconds !== undefined && seconds > 0;
  return mayBeRepeated && !isTooLong ? limit + 1 : 1;
}

/** The outcome that the promises of the README leave for this answer to a POST. */
export function expectationFor(answer: FuzzedAnswer, limit: number): Expectation {
  const { status, breaks } = answer;
  const attempts = attemptsOf(answer, limit);
  if (status >= 300 && status < 400) {
    return {
      outcome: "error",
      name: "RolloutResponseError",
      code: "redirected",
      mayHaveSucceeded: true,
      status,
      attempts,
    };
  }
  if (status < 200 || status >= 400) {
    const mayHaveSucceeded = !(status >= 400 && status < 500);
    return { outcome: "error", name: "RolloutApiError", code: codeOf(status), mayHaveSucceeded, status, attempts };
  }
  const hasBody = status !== 204 && status !== 205;
  if (breaks && hasBody) {
    const code = "network";
    return { outcome: "error", name: "RolloutNetworkError", code, mayHaveSucceeded: true, status: undefined, attempts };
  }
  const value = hasBody ? parsed(answer.body) : undefined;
  if (isChallenge(value)) return { outcome: "value", value: { message: expect.any(String), ...value } };
  if (isCredential(value)) return { outcome: "value", value };
  const code = "invalid_response";
  return { outcome: "error", name: "RolloutResponseError", code, mayHaveSucceeded: true, status, attempts };
}

function codeOf(status: number): RolloutErrorCode {
  switch (status) {
    case 400:
    case 422:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 429:
      return "rate_limited";
    default:
      return status >= 500 && status < 600 ? "server_error" : "unexpected_status";
  }
}

function parsed(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString("utf8");
  // What is not UTF-8 does not survive the way there and back.
  if (!Buffer.from(text).equals(body)) return undefined;
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function isChallenge(value: unknown): value is { otpChallengeId: string } {
  const id: unknown = Object(value).otpChallengeId;
  return typeof id === "string" && id !== "";
}

function isCredential(value: unknown): boolean {
  return typeof Object(value).id === "string";
}
