import { memberOf, parseJson } from "../values.ts";

/** Replaces the secrets of one call in a text. */
export type Redact = (text: string) => string;

const PLACEHOLDER = "[redacted]";
// Shorter values occur in any sentence.
const MIN_SECRET_LENGTH = 3;
// A value that is shorter than this is replaced as a whole word only: "usa" is a part of "usage".
const MIN_LENGTH_INSIDE_WORDS = 8;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
// A longer value is searched for in pieces, so that few lengths are tried at each place: 400 values of one letter took 12 s.
const PIECES = /.{1,64}$|.{32}/gs;
// Three for the escapes of a text, and two for what looks like an escape in a secret.
const MAX_DECODINGS = 5;
const MAX_CAUSE_DEPTH = 5;
// JSON.stringify overflows the stack some thousand levels down.
const MAX_BODY_DEPTH = 100;

// Any JWS or JWE, whose header is a JSON object, alone or as in `jwt_eyJ…`: the error of a token source may quote one that this
// call never used. The lookahead finds the dots once, so that a text full of beginnings takes linear time.
const TOKEN =
  /(?<![\w-])(?=[\w-]+\.[\w-]*\.)(?:[\w-]*?[_-])?e(?:y[AJ]|w[0ko])[\w-]{5,}\.[\w-]*\.[\w-]*(?:\.[\w-]+){0,2}/g;

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

/**
 * Creates the function that replaces secrets and tokens in a text. It decodes the text step by step, and searches each step
 * for the secrets as they are and as they are when decoded too. What was found is replaced where it came from.
 */
function secretReplacer(secrets: readonly string[]): Redact {
  const forms = new Set(secrets.flatMap(formsOf).sort((left, right) => right.length - left.length));
  // How long the forms are that begin with the same characters, the longest first.
  const lengths = new Map<string, Set<number>>();
  for (const form of forms) {
    const beginning = form.slice(0, MIN_SECRET_LENGTH);
    lengths.set(beginning, (lengths.get(beginning) ?? new Set()).add(form.length));
  }
  return (original) => {
    const isHidden = new Uint8Array(original.length);
    for (const { text, origins } of decodings(original)) {
      const hide = (start: number, end: number) => isHidden.fill(1, origins[start], origins[end]);
      for (const { 0: token, index } of text.matchAll(TOKEN)) hide(index, index + token.length);
      // An escape is not part of a word.
      const isInWord = (index: number) =>
        LETTER_OR_DIGIT.test(text.charAt(index)) && text.charAt(index) === original.charAt(origins[index] ?? 0);
      const folded = fold(text);
      for (let start = 0; start < text.length; start += 1) {
        for (const length of lengths.get(folded.slice(start, start + MIN_SECRET_LENGTH)) ?? []) {
          const form = folded.slice(start, start + length);
          const end = start + form.length;
          const isShort = length < MIN_LENGTH_INSIDE_WORDS;
          if (!forms.has(form) || (isShort && (isInWord(start - 1) || isInWord(end)))) continue;
          hide(start, end);
          break;
        }
      }
    }
    if (!isHidden.includes(1)) return original;
    const show = (unit: string, index: number) => (!isHidden[index] ? unit : isHidden[index - 1] ? "" : PLACEHOLDER);
    return original.split("").map(show).join("");
  };
}

/** What to search for: the secret and its UTF-8 bytes read as Latin-1, once or twice, both as they are and decoded, and Base64. */
function formsOf(secret: string): string[] {
  const bytes = bytesOf(secret);
  // In the Base64 of a longer text, such as user:password, the value begins at one of three bytes, and its first and last
  // characters depend on what is beside it.
  const inside = [0, 1, 2].map((offset) =>
    btoa("0".repeat(offset) + bytes).slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3)),
  );
  // A server may leave out what is around a value: white space, quotes, the padding of Base64.
  const bare = secret.replace(/^[\s"']+|[\s"'=]+$/g, "");
  const plain = [...new Set([secret, secret.trim(), bare, bytes, bytesOf(bytes)])]
    .flatMap(decodings)
    .map(({ text }) => text);
  return [...plain, btoa(bytes).replaceAll("=", ""), ...inside]
    .filter((form) => form.length >= MIN_SECRET_LENGTH)
    .flatMap((form) => fold(form).match(PIECES) ?? []);
}

/** The UTF-8 bytes of a text, each as a character. */
function bytesOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

// Characters that some spelling does not distinguish are treated as the same: the space and the + of forms, the two alphabets of
// Base64, a line break and the n after a backslash, what HTML has names for beyond ASCII, and what is no UTF-8.
const FOLDED = /[\b\f\n\r\t+_\xa0-\xff\u2002-\u20ac\ufffd-]/g;
const NAMED = "\xa0";
// HTML's names for ASCII, each with its symbol: htmlentities of PHP uses all of them, and one for the letters fj.
const NAMES =
  "amp& lt< gt> quot\" apos' Tab\t NewLine\n excl! num# dollar$ percnt% lpar( rpar) ast* plus+ comma, period. sol/ colon: semi; " +
  "equals= quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] Hat^ lowbar_ grave` lcub{ lbrace{ verbar| vert| rcub} rbrace}";
const NAMED_TEXTS = new Map([
  ["fjlig", "fj"],
  ...NAMES.split(" ").map((each) => [each.slice(0, -1), each.slice(-1)] as const),
]);

function fold(text: string): string {
  return text.replace(FOLDED, (unit) => "bfnrt  /".charAt("\b\f\n\r\t+-_".indexOf(unit)) || NAMED);
}

/** A decoded text, and where each of its characters, and its end, were in the original. */
interface Decoding {
  readonly text: string;
  readonly origins: readonly number[];
}

/** A text as it is, then decoded, then decoded again, as long as it has escapes. */
function decodings(original: string): Decoding[] {
  const all: Decoding[] = [{ text: original, origins: [...Array(original.length + 1).keys()] }];
  for (const last of all) if (all.length <= MAX_DECODINGS && last.text.search(ESCAPE) >= 0) all.push(decode(last));
  return all;
}

// Escaping doubles backslashes, and puts one before other symbols. So a run of them is ignored.
const ESCAPE = /(?:%|\\+x)([\da-f]{2})|\\+u([\da-f]{4})|&(#?)(\w{1,31});|\\+(.?)/gis;

function decode({ text, origins }: Decoding): Decoding {
  const kept: number[] = [];
  let reached = 0;
  const decoded = text.replace(ESCAPE, (match: string, ...groups: string[]) => {
    for (const start = Number(groups[5]); reached < start; reached += 1) kept.push(origins[reached] ?? 0);
    const characters = readEscape(groups);
    for (const _ of characters.split("")) kept.push(origins[reached] ?? 0);
    reached += match.length;
    return characters;
  });
  for (; reached < origins.length; reached += 1) kept.push(origins[reached] ?? 0);
  return { text: decoded, origins: kept };
}

function readEscape([byte, unit, isNumber, entity, letter]: readonly (string | undefined)[]): string {
  if (letter !== undefined) return "\b\f\n\r\t".charAt([..."bfnrt"].indexOf(letter)) || letter;
  const code = Number(isNumber ? entity?.replace(/^x/i, "0x") : `0x${byte ?? unit}`);
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  return NAMED_TEXTS.get(entity ?? "") ?? NAMED;
}

/** The strings and numbers under `userInputs` and `customParams` of a request body: passwords and API keys are there. */
export function secretsInBody(body: unknown, isSecret: boolean = false): string[] {
  if (typeof body !== "object" || body === null)
    return isSecret && (typeof body === "string" || typeof body === "number") ? [String(body)] : [];
  return Object.entries(body).flatMap(([name, member]) =>
    secretsInBody(member, isSecret || name === "userInputs" || name === "customParams"),
  );
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
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    if (token === "]" || token === "}") depth -= 1;
    const value = string === undefined ? token : String(JSON.parse(string));
    const shown = colon === undefined ? redact(value) : redactName(value, redact);
    return shown === value ? token : JSON.stringify(shown) + (colon ?? "");
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
