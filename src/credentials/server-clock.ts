import { parseHttpDate } from "../values/http-date.ts";

/**
 * The earliest time at which a call can have begun, by the server's own clock: its `Date` header (RFC 9110, section 6.6.1) less
 * the time that has passed since. It is too early by the time that the response took to arrive, and by less than a second more
 * because `Date` has whole seconds, but not too late, unless the machine slept in between.
 *
 * @param headers - the headers of a response that has just arrived
 * @param began - what `performance.now()` returned when the call began
 * @returns milliseconds since 1970, or `-Infinity` where there is no date
 */
export function startOnServerClock(
  headers: Headers | undefined,
  began: number,
  now: number = performance.now(),
): number {
  const time = parseHttpDate(headers?.get("date") ?? "");
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time - (now - began);
}
