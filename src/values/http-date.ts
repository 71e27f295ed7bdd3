// The three forms of RFC 9110, section 5.6.7: IMF-fixdate, RFC 850, asctime. `Date.parse` alone accepts far more.
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** The time of an HTTP date, in milliseconds since 1970. `NaN` if it is malformed. */
export function parseHttpDate(text: string): number {
  if (!HTTP_DATE.test(text)) return Number.NaN;
  // The asctime form names no time zone, and is in UTC like the others.
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
