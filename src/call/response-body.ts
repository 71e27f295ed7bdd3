import { type Redact, redactBody, redactHeaders } from "../errors/redact.ts";
import { NULL_BODY_STATUSES } from "../values/null-body-statuses.ts";
import type { FetchResponse } from "./fetch-function.ts";
import { ignoreFailure, readOrUndefined } from "./guard.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A response whose members were read once, and have their proper types. */
export interface ReceivedResponse extends Omit<FetchResponse, "bodyUsed" | "headers"> {
  readonly headers: Headers;
  /** What `fetch` returned. */
  readonly original: FetchResponse;
}

/** The body of a response cannot be read, or is longer than allowed. */
export class UnreadableResponse extends Error {}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const lenientUtf8 = new TextDecoder();

/** Reads a whole body of up to `limit` bytes. Stops as soon as `signal` aborts. */
export async function readBody(response: ReceivedResponse, limit: number, signal: AbortSignal): Promise<Bytes | null> {
  if (response.body === null) return null;
  const tooLong = `the body is longer than ${limit} bytes`;
  // A compressed body grows when it is decoded.
  if (!response.headers.get("content-encoding") && Number(response.headers.get("content-length")) > limit) {
    discard(response.body);
    throw new UnreadableResponse(tooLong);
  }
  const reader = response.body.getReader();
  signal.addEventListener("abort", () => discard(reader));
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return concatenate(chunks, length);
    length += value.byteLength;
    if (length > limit) {
      discard(reader);
      throw new UnreadableResponse(tooLong);
    }
    chunks.push(value);
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Bytes {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/** Cancels a body that nobody will read, so that its connection can be reused. */
export function discardBody({ body }: ReceivedResponse): void {
  if (body !== null) discard(body);
}

function discard(body: { cancel(): Promise<void> }): void {
  ignoreFailure(() => body.cancel());
}

/** Whether a response is a redirect, which a 304 is not. A browser shows only its `type`. */
export function isRedirect({ type, status }: ReceivedResponse): boolean {
  return type === "opaqueredirect" || (status >= 300 && status <= 399 && status !== 304);
}

/**
 * Reads the members of a response. Those of a foreign `fetch` may be missing, of another type, or throw: without a status,
 * headers and a body, it is an {@link UnreadableResponse}.
 */
export function receive(original: FetchResponse): ReceivedResponse {
  try {
    const { status, statusText, type, url, bodyUsed, headers, body } = original;
    const hasBody = body === null || typeof body.getReader === "function";
    if (!Number.isInteger(status) || !(Object(headers) === headers) || !hasBody) throw new TypeError("not a Response");
    if (bodyUsed) throw new UnreadableResponse("fetch returned a Response whose body was read before");
    // Not from the response: a foreign one may lack it, or contradict its status.
    const ok = status >= 200 && status <= 299;
    return {
      status,
      ok,
      statusText: String(statusText ?? ""),
      type: String(type ?? ""),
      url: String(url ?? ""),
      headers: ok && headers instanceof Headers ? headers : redactHeaders(headers, (text) => text),
      body,
      original,
    };
  } catch (cause) {
    if (cause instanceof UnreadableResponse) throw cause;
    throw new UnreadableResponse("fetch did not return a Response", { cause });
  }
}

/** A success with its body in memory, for middleware and for callers who do not ask for text. */
export function successInMemory(response: ReceivedResponse, bytes: Bytes | null): Response {
  return inMemory(response, bytes, response.headers, response.statusText);
}

/**
 * A success that only openapi-fetch reads, and as text: the platform's response, with its `text` and `json` replaced. Over a
 * stub, a call then takes 1.2 times as long as with openapi-fetch alone; with a new Response, 1.8 times (`npm run bench`).
 * `undefined` for a response that is not like the platform's, or takes no members.
 */
export function successAsText({ original, ok, headers }: ReceivedResponse, bytes: Bytes): Response | undefined {
  const text = strictUtf8.decode(bytes);
  const readOnce = <Value>(parse: (text: string) => Value) => ({
    configurable: true,
    async value(): Promise<Value> {
      Reflect.deleteProperty(original, "text");
      Reflect.deleteProperty(original, "json");
      return parse(text);
    },
  });
  return readOrUndefined(() => {
    if (!isLikeResponse(original) || original.ok !== ok || original.headers !== headers) return undefined;
    return Object.defineProperties(original, { text: readOnce((text) => text), json: readOnce(JSON.parse) });
  });
}

// By its shape: a framework may have replaced the global Response.
function isLikeResponse(original: object): original is Response {
  return "text" in original && "json" in original;
}

/** Checks that a body is UTF-8, so that no replacement characters reach the caller. */
export function checkUtf8(bytes: Bytes | null): void {
  try {
    strictUtf8.decode(bytes ?? undefined);
  } catch (cause) {
    throw new UnreadableResponse("the body is not UTF-8", { cause });
  }
}

/** An error response in memory, with the secrets of the call replaced in its body, headers and reason phrase. */
export function errorInMemory(response: ReceivedResponse, bytes: Bytes | null, redact: Redact): Response {
  const body = bytes === null ? null : new TextEncoder().encode(redactBody(lenientUtf8.decode(bytes), redact));
  return inMemory(response, body, redactHeaders(response.headers, redact), redact(response.statusText));
}

function inMemory(response: ReceivedResponse, bytes: Bytes | null, headers: Headers, statusText: string): Response {
  const { status, url } = response;
  const constructible = status >= 200 && status <= 599;
  const body = NULL_BODY_STATUSES.includes(status) ? null : bytes;
  const copy = new Response(body, {
    status: constructible ? status : 500,
    statusText: byteString(statusText),
    headers,
  });
  // What the constructor cannot set.
  Object.defineProperty(copy, "url", { value: url });
  if (!constructible) Object.defineProperty(copy, "status", { value: status });
  return copy;
}

// Node decodes a reason phrase as UTF-8, but the constructor takes only what can be one byte.
function byteString(text: string): string {
  return text.replace(/[^\t -~\x80-\xff]/g, "?");
}
