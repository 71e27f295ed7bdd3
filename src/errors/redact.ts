import { memberOf, parseJson } from "../values.ts";
import { PLACEHOLDER, secretReplacer } from "./secret-search.ts";

/** Replaces the secrets of one call in a text. */
export type Redact = (text: string) => string;

const MAX_CAUSE_DEPTH = 5;
// JSON.stringify overflows the stack some thousand levels down.
const MAX_BODY_DEPTH = 100;

/** Creates the function that replaces secrets, however a server spells them. It calls `secrets` at the first text. */
export function createRedact(secrets: () => readonly string[]): Redact {
  let replace: Redact | undefined;
  return (text) => {
    try {
      replace ??= secretReplacer(secrets());
      return replace(text);
    } catch {
      // The secrets cannot be read, for example because a getter throws.
      return PLACEHOLDER;
    }
  };
}

/** The strings and numbers under `userInputs` and `customParams` of a request body: passwords and API keys are there. */
export function secretsInBody(body: unknown): string[] {
  const owners = [...valuesIn([body])];
  const members = ["userInputs", "customParams"].flatMap((name) => owners.map((owner) => memberOf(owner, name)));
  return [...valuesIn(members)].filter((value) => typeof value === "string" || typeof value === "number").map(String);
}

/** These values and all that they contain, each once, so that a circle ends. */
function valuesIn(roots: readonly unknown[]): Set<unknown> {
  const values = new Set(roots);
  for (const value of values) {
    if (typeof value === "object" && value !== null) for (const member of Object.values(value)) values.add(member);
  }
  return values;
}

/** Whether the value of a request header is a secret, by the header's name. */
export function isSecretHeader(name: string): boolean {
  return /auth|cookie|key|password|secret|token/i.test(name);
}

const JSON_TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|[[\]{}]/g;

/** Redacts the text of a response body. What was JSON stays JSON; if it is nested too deep, it becomes one string. */
export function redactBody(text: string, redact: Redact): string {
  if (parseJson(text) === undefined) return redact(text);
  let depth = 0;
  let deepest = 0;
  const redacted = text.replace(JSON_TOKEN, (token: string, string?: string, colon?: string) => {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    deepest = Math.max(deepest, depth);
    const value = string === undefined ? token : String(JSON.parse(string));
    const shown = colon === undefined ? redact(value) : redactName(value, redact);
    return shown === value ? token : JSON.stringify(string === undefined ? PLACEHOLDER : shown) + (colon ?? "");
  });
  return deepest > MAX_BODY_DEPTH ? JSON.stringify(redact(text)) : redacted;
}

/** Headers that carry the server's id of a request, the most common first. */
export const REQUEST_ID_HEADERS: readonly string[] = ["x-request-id", "request-id", "cf-ray", "x-amzn-requestid"];

// These names stay, even if a secret is the same word: they reveal nothing about it.
const ERROR_NAMES = ["errors", "error", "message", "errorMessage", "retry-after", ...REQUEST_ID_HEADERS];

function redactName(name: string, redact: Redact): string {
  return ERROR_NAMES.includes(name) ? name : redact(name);
}

/** Redacts the values of headers. Leaves out names that are secrets, Set-Cookie, and values that the platform refuses. */
export function redactHeaders(headers: Headers, redact: Redact): Headers {
  const redacted = new Headers();
  headers.forEach((value, name) => {
    if (name.toLowerCase() === "set-cookie" || redactName(name, redact) !== name) return;
    try {
      redacted.append(name, redact(value));
    } catch {
      // Headers of another library may hold more.
    }
  });
  return redacted;
}

/**
 * Copies of an unknown error only what describes it. Other properties are left out, because errors of `fetch`
 * implementations and token sources carry requests, headers and configurations.
 */
export function redactCause(cause: unknown, redact: Redact, depth: number = 0): Error {
  if (typeof cause === "string") return new Error(redact(cause));
  // By its shape: it may be of another realm.
  const isError = typeof memberOf(cause, "message") === "string" && typeof memberOf(cause, "name") === "string";
  if (!isError) return new Error(`a thrown ${cause === null ? "null" : typeof cause}`);
  const copy = new Error();
  for (const name of ["name", "message", "stack", "code", "cause"]) {
    let value = memberOf(cause, name);
    if (name === "cause" && value !== undefined && depth < MAX_CAUSE_DEPTH)
      value = redactCause(value, redact, depth + 1);
    else if (typeof value === "string") value = redact(value);
    else if (name !== "code" || typeof value !== "number") continue;
    Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  }
  return copy;
}
