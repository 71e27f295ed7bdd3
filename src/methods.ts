/** Methods that ask for nothing to be changed (RFC 9110, section 9.2.1). */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

/** Methods that may be sent twice and do once (RFC 9110, section 9.2.2). POST and PATCH are not among them. */
export function isIdempotent(method: string): boolean {
  return isSafe(method) || method === "PUT" || method === "DELETE";
}
