import { parseHttpDate } from "../values/http-date.ts";

/** The seconds that a `Retry-After` header asks to wait (RFC 9110, section 10.2.3), or `undefined` if it is malformed. */
export function parseRetryAfter(value: string | null, now: number = Date.now()): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const time = parseHttpDate(text);
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now) / 1000));
}
