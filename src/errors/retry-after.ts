import { parseHttpDate } from "../values/http-date.ts";

/** The seconds that the `Retry-After` of a response asks to wait. A date is compared with the response's `Date`, if any. */
export function retryAfterOf(headers: { get(name: string): string | null }): number | undefined {
  const sent = parseHttpDate(headers.get("date") ?? "");
  return parseRetryAfter(headers.get("retry-after"), Number.isNaN(sent) ? Date.now() : sent);
}

/** The seconds that a `Retry-After` header asks to wait (RFC 9110, section 10.2.3), or `undefined` if it is malformed. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const time = parseHttpDate(text);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1000));
}
