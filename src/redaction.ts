import { memberOf } from "./json.ts";
import { notationsOf } from "./notations.ts";

/** Takes the secrets of one call out of a text. */
export type Redact = (text: string) => string;

const PLACEHOLDER = "[redacted]";
// Shorter values occur in any sentence: taking them out would leave messages that nobody can read.
const SHORTEST_SECRET = 3;
const DEEPEST_CAUSE = 5;
// A body that refers to itself must not be walked for ever.
const DEEPEST_BODY = 8;

/** Headers under which servers number a request, the likelier first. */
export const REQUEST_ID_HEADERS: readonly string[] = ["x-request-id", "request-id", "cf-ray", "x-amzn-requestid"];

// The names that an error is made of stay, even where a short secret is a part of one: they tell nothing of it.
const ERROR_HEADERS: readonly string[] = ["retry-after", ...REQUEST_ID_HEADERS];
const ERROR_KEYS: readonly string[] = ["errors", "message", "errorMessage"];

// A token of Rollout's, wherever it comes from: the token source that fails may know one that we were never given.
// Nothing but the beginning of a word is tried, so that a text made of beginnings is searched once, not once for each.
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g;

/** Makes the function that replaces each of `secrets`, in any usual notation, by a placeholder. */
export function createRedact(secrets: Iterable<string>): Redact {
  const notations = new Set<string>();
  for (const secret of secrets) {
    for (const part of [secret, secret.trim()]) {
      if (part.length >= SHORTEST_SECRET) for (const notation of notationsOf(part)) notations.add(notation);
    }
  }
  // The longest first: a secret may contain another.
  const ordered = [...notations].sort((left, right) => right.length - left.length);
  return (text) => {
    // Cut rather than replaced: a secret may be a part of the placeholder.
    let pieces = [text];
    for (const notation of ordered) {
      if (text.includes(notation)) pieces = pieces.flatMap((piece) => piece.split(notation));
    }
    return pieces.join(PLACEHOLDER).replace(JSON_WEB_TOKEN, PLACEHOLDER);
  };
}

/** Every string under a key `userInputs` of a request body, which is where this family of APIs takes passwords and keys. */
export function userInputValues(body: unknown): string[] {
  const values: string[] = [];
  try {
    collect(body, false, DEEPEST_BODY, values);
  } catch {
    // Of a getter that throws: what it would have given is not sent either.
  }
  return values;
}

function collect(value: unknown, secret: boolean, depth: number, into: string[]): void {
  if (typeof value === "string") {
    if (secret) into.push(value);
  } else if (typeof value === "object" && value !== null && depth > 0) {
    for (const [key, member] of Object.entries(value)) collect(member, secret || key === "userInputs", depth - 1, into);
  }
}

/** Redacts the text of an answer; what was JSON stays JSON. */
export function redactBody(text: string, redact: Redact): string {
  // Without an escape in it, JSON text shows every string as it is.
  if (redact(text) === text && !text.includes("\\")) return text;
  try {
    return JSON.stringify(JSON.parse(text), (_key, value: unknown) => redactMember(value, redact));
  } catch {
    return redact(text);
  }
}

function redactMember(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "number") return redact(String(value)) === String(value) ? value : PLACEHOLDER;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [ERROR_KEYS.includes(key) ? key : redact(key), member]),
  );
}

/** Redacts the values of headers, and leaves out those whose names are secrets themselves. */
export function redactHeaders(headers: Headers, redact: Redact): Headers {
  const redacted = new Headers();
  headers.forEach((value, name) => {
    if (ERROR_HEADERS.includes(name) || redact(name) === name) redacted.append(name, redact(value));
  });
  return redacted;
}

/**
 * Copies of an unknown error only what describes it: name, message, code, stack and causes. Other properties are left
 * out, because errors of `fetch` implementations and token sources carry requests, headers and configurations.
 */
export function redactCause(cause: unknown, redact: Redact): Error {
  try {
    return redactedCopy(cause, redact, 0);
  } catch {
    // Of a property that throws, or cannot be made a string.
    return new Error("an error that cannot be read");
  }
}

function redactedCopy(cause: unknown, redact: Redact, depth: number): Error {
  if (!(cause instanceof Error)) return new Error(redact(describe(cause)));
  const copy = new Error(redact(String(cause.message)));
  const code = memberOf(cause, "code");
  const kept = {
    name: redact(String(cause.name)),
    stack: redact(String(cause.stack)),
    code: typeof code === "string" ? redact(code) : typeof code === "number" ? code : undefined,
    cause:
      cause.cause !== undefined && depth < DEEPEST_CAUSE ? redactedCopy(cause.cause, redact, depth + 1) : undefined,
  };
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined) Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  }
  return copy;
}

function describe(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : `a thrown ${thrown === null ? "null" : typeof thrown}`;
}
