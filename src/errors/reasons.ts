import { memberOf } from "../values/json.ts";
import type { Redact } from "./redact.ts";
import type { ErrorDetail } from "./rollout-error.ts";

const MAX_REASON_LENGTH = 200;
const MAX_REASONS = 3;

/**
 * The server's reasons, from every body shape that is known: `{ errors: [{ message, path? }] }`, `{ errorMessage }`,
 * `{ message }`, `{ error }`, and `application/problem+json` (RFC 9457).
 */
export function errorDetailsOf(body: unknown): ErrorDetail[] {
  const details = errorListOf(memberOf(body, "errors"));
  if (details.length > 0) return details;
  const error = memberOf(body, "error");
  const candidates = [
    memberOf(body, "errorMessage"),
    memberOf(body, "message"),
    typeof error === "string" ? error : memberOf(error, "message"),
    // Of a problem detail, the explanation of this occurrence before the title of its kind.
    memberOf(body, "detail"),
    memberOf(body, "title"),
  ];
  const message = candidates.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof message === "string" ? [{ message }] : [];
}

/** The messages and paths of an `errors` array, redacted. Entries without a message are left out. */
export function errorListOf(errors: unknown, redact: Redact = (text) => text): ErrorDetail[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((entry) => {
    const message = memberOf(entry, "message");
    const path = memberOf(entry, "path");
    if (typeof message !== "string") return [];
    return [typeof path === "string" ? { message: redact(message), path: redact(path) } : { message: redact(message) }];
  });
}

/** The server's reasons as the end of a sentence: the first ones, shortened, on one line. */
export function sentenceOf(errors: readonly ErrorDetail[]): string {
  const lines = errors.map(lineOf).filter((line) => line !== "");
  if (lines.length === 0) return ".";
  const more = lines.length > MAX_REASONS ? `; and ${lines.length - MAX_REASONS} more` : "";
  return `: ${lines.slice(0, MAX_REASONS).join("; ")}${more}.`;
}

function lineOf({ message, path }: ErrorDetail): string {
  const line = (path === undefined ? message : `${path} ${message}`)
    .slice(0, MAX_REASON_LENGTH + 1)
    .replace(/\s+|\p{Cc}+/gu, " ")
    .trim();
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}…` : line.replace(/\.$/, "");
}
