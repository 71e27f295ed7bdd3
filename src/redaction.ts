/** Takes the secrets of one call out of a text. */
export type Redact = (text: string) => string;

const PLACEHOLDER = "[redacted]";
// Shorter values occur in any sentence: taking them out would leave messages that nobody can read.
const SHORTEST_SECRET = 3;
const DEEPEST_CAUSE = 5;
// A body that refers to itself must not be walked for ever.
const DEEPEST_BODY = 8;

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

// A server echoes what it was sent in the notation of its answer, not in ours.
function notationsOf(secret: string): string[] {
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(secret));
  const binary = Array.from(new TextEncoder().encode(secret), (byte) => String.fromCharCode(byte)).join("");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([["", wellFormed]]).toString().slice(1),
    secret.replace(/[&<>"']/g, (character) => HTML_ESCAPES.get(character) ?? character),
    btoa(binary),
  ];
}

/** Makes the function that replaces each of `secrets`, in any usual notation, by a placeholder. */
export function createRedact(secrets: Iterable<string>): Redact {
  const notations = new Set<string>();
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) for (const notation of notationsOf(secret)) notations.add(notation);
  }
  // The longest first: a secret may contain another.
  const ordered = [...notations].sort((left, right) => right.length - left.length);
  return (text) => ordered.reduce((redacted, notation) => redacted.replaceAll(notation, PLACEHOLDER), text);
}

/** Every string under a key `userInputs` of a request body, which is where this family of APIs takes passwords and keys. */
export function userInputValues(body: unknown): string[] {
  const values: string[] = [];
  collect(body, false, DEEPEST_BODY, values);
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
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [redact(key), member]));
}

/** Redacts the values of headers. */
export function redactHeaders(headers: Headers, redact: Redact): Headers {
  const redacted = new Headers();
  headers.forEach((value, name) => {
    redacted.append(redact(name), redact(value));
  });
  return redacted;
}

/**
 * Copies of an unknown error only what describes it: name, message, code, stack and causes. Other properties are left
 * out, because errors of `fetch` implementations and token sources carry requests, headers and configurations.
 */
export function redactCause(cause: unknown, redact: Redact, depth = 0): Error {
  if (!(cause instanceof Error)) return new Error(redact(describe(cause)));
  const copy = new Error(redact(cause.message));
  const set = (name: string, value: unknown): void => {
    Object.defineProperty(copy, name, { value, configurable: true, writable: true });
  };
  set("name", redact(String(cause.name)));
  set("stack", redact(String(cause.stack)));
  if ("code" in cause && (typeof cause.code === "string" || typeof cause.code === "number")) {
    set("code", typeof cause.code === "string" ? redact(cause.code) : cause.code);
  }
  if (cause.cause !== undefined && depth < DEEPEST_CAUSE) set("cause", redactCause(cause.cause, redact, depth + 1));
  return copy;
}

function describe(thrown: unknown): string {
  return typeof thrown === "string" ? thrown : `a thrown ${thrown === null ? "null" : typeof thrown}`;
}
