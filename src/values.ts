/** The longest delay of a timer: with a longer one it fires at once (HTML Standard, section 8.6: a signed 32-bit number). */
export const MAX_TIMER_MILLISECONDS: number = 2 ** 31 - 1;

/** The statuses whose responses have no body (Fetch Standard, section 2.2.3): `new Response` accepts none with them. */
export const NULL_BODY_STATUSES: readonly number[] = [204, 205, 304];

/** The value of a JSON text, or `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The member of an object or a function; `undefined` where there is none, or it throws. */
export function memberOf(value: unknown, name: string): unknown {
  try {
    return value === undefined || value === null ? undefined : Reflect.get(Object(value), name);
  } catch {
    return undefined;
  }
}

/** Type guard: whether a value is a string that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Type guard: whether a value is an object, not an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Type guard: whether a value can be a segment of a path. `.` and `..` would change the path, encoded or not (URL Standard,
 * section 4.4); half a surrogate pair cannot be encoded.
 */
export function isPathSegment(value: unknown): value is string {
  return typeof value === "string" && !/^\.{0,2}$|\p{Surrogate}/u.test(value);
}

/** Whether this code runs in a browser's page. */
export function isBrowser(): boolean {
  return "window" in globalThis && "document" in globalThis;
}

// The three forms of RFC 9110, section 5.6.7: IMF-fixdate, RFC 850, asctime. `Date.parse` alone accepts far more.
const HTTP_DATE =
  /^[A-Z][a-z]{2,8}(?:, \d\d[ -][A-Z][a-z]{2}[ -](?:\d\d){1,2} [\d:]{8} GMT| [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})$/;

/** The time of an HTTP date, in milliseconds since 1970. `NaN` if it is missing or malformed. */
export function parseHttpDate(text: string | null): number {
  if (text === null || !HTTP_DATE.test(text)) return Number.NaN;
  // The asctime form names no time zone, and is in UTC like the others.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}

/** The server's time when it sent a response that has just arrived, in milliseconds since 1970. `NaN` if it does not say. */
export function serverTimeOf(headers: Headers): number {
  // A cache may have kept the response for as long as `Age` says.
  return parseHttpDate(headers.get("date")) + Number(headers.get("age") ?? 0) * 1000;
}
