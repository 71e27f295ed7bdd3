import { memberOf } from "../values/json.ts";
import { spellingsOf } from "./secret-spellings.ts";

/** Replaces the secrets of one call in a text. */
export type Redact = (text: string) => string;

const PLACEHOLDER = "[redacted]";
// Shorter values occur in any sentence.
const MIN_SECRET_LENGTH = 3;
// A value that is shorter than this is replaced as a whole word only: "usa" is a part of "usage".
const MIN_LENGTH_INSIDE_WORDS = 8;
const MAX_CAUSE_DEPTH = 5;
// Ends the walk through a body that refers to itself.
const MAX_BODY_DEPTH = 8;

/** Headers that carry the server's id of a request, the most common first. */
export const REQUEST_ID_HEADERS: readonly string[] = ["x-request-id", "request-id", "cf-ray", "x-amzn-requestid"];

// Any JSON Web Token: the error of a token source may quote one that this call never used.
// Only the beginning of a word is tried, so that the search takes linear time.
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g;

/** Creates the function that replaces secrets with a placeholder. It calls `secrets` at the first text. */
export function createRedact(secrets: () => readonly string[]): Redact {
  let spellings: readonly string[] | undefined;
  return (text) => {
    spellings ??= allSpellingsOf(secrets());
    // Split rather than replaced: a secret may be a part of the placeholder.
    let pieces = [text];
    for (const spelling of spellings) {
      if (text.includes(spelling)) pieces = pieces.flatMap((piece) => piece.split(separatorOf(spelling)));
    }
    return pieces.join(PLACEHOLDER).replace(JSON_WEB_TOKEN, PLACEHOLDER);
  };
}

// The longest first: a secret may contain another.
function allSpellingsOf(secrets: readonly string[]): string[] {
  const values = secrets
    .flatMap((secret) => [secret, secret.trim()])
    .filter(({ length }) => length >= MIN_SECRET_LENGTH);
  return [...new Set(values.flatMap(spellingsOf))].sort((left, right) => right.length - left.length);
}

function separatorOf(spelling: string): string | RegExp {
  if (spelling.length >= MIN_LENGTH_INSIDE_WORDS) return spelling;
  const literal = spelling.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "u");
}

/** Every string under a key `userInputs` of a request body: this is where passwords and API keys are. */
export function userInputValues(body: unknown): string[] {
  const values: string[] = [];
  collect(body, false, MAX_BODY_DEPTH, values);
  return values;
}

function collect(value: unknown, secret: boolean, depth: number, into: string[]): void {
  if (typeof value === "string") {
    if (secret) into.push(value);
  } else if (typeof value === "object" && value !== null && depth > 0) {
    for (const [key, member] of Object.entries(value)) collect(member, secret || key === "userInputs", depth - 1, into);
  }
}

/** Redacts the text of a response body. What was JSON stays JSON. */
export function redactBody(text: string, redact: Redact): string {
  // In JSON text without escapes, every string appears as it is.
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
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [redactName(key, redact), member]));
}

// These names stay, even if a secret is the same word: they reveal nothing about it.
const ERROR_NAMES: readonly string[] = [
  "errors",
  "error",
  "message",
  "errorMessage",
  "retry-after",
  ...REQUEST_ID_HEADERS,
];

function redactName(name: string, redact: Redact): string {
  return ERROR_NAMES.includes(name) ? name : redact(name);
}

/** The part of `Headers` that the client uses. */
export interface ResponseHeaders {
  /** The value of a header. `null` where there is none. */
  get(name: string): string | null;
  /** Calls `callback` for each header. */
  forEach(callback: (value: string, name: string) => void): void;
}

/**
 * Copies headers with their values redacted. Leaves out headers whose names are secrets, and those of a foreign `fetch` that
 * cannot be read or copied.
 */
export function redactHeaders(headers: ResponseHeaders, redact: Redact): Headers {
  const redacted = new Headers();
  try {
    headers.forEach((value, name) => {
      try {
        if (redactName(name, redact) === name) redacted.append(name, redact(value));
      } catch {}
    });
  } catch {}
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
    // A property that throws, or cannot be made a string. What it throws may hold a secret.
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
      cause.cause !== undefined && depth < MAX_CAUSE_DEPTH ? redactedCopy(cause.cause, redact, depth + 1) : undefined,
  };
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined) Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  }
  return copy;
}

function describe(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : `a thrown ${thrown === null ? "null" : typeof thrown}`;
}
