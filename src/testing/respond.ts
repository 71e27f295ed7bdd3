import { NULL_BODY_STATUSES } from "../values.ts";

/** A response with a JSON body. Every response of the mock carries `Date`, as those of real servers do. */
export function jsonResponse(body: unknown, status = 200): Response {
  return textResponse(JSON.stringify(body), status, { "Content-Type": "application/json" });
}

/** An error in the shape that the document gives for 400 and 500. */
export function errorResponse(status: number, ...messages: readonly string[]): Response {
  return jsonResponse({ errors: messages.map((message) => ({ message })) }, status);
}

/** A response without a body. */
export function emptyResponse(status = 200): Response {
  return new Response(null, { status, headers: { "Content-Length": "0", Date: now() } });
}

/** A response with this body, unless its status has none. */
export function textResponse(
  body: string | ReadableStream<Uint8Array>,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const sent = NULL_BODY_STATUSES.includes(status) ? null : body;
  return new Response(sent, { status, headers: { Date: now(), ...headers } });
}

function now(): string {
  return new Date().toUTCString();
}
