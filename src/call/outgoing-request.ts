import type { FetchInit } from "./fetch-function.ts";

type Body = FetchInit["body"];

/** A request as plain values, which can be sent any number of times, each time with its own token. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** The body, unless it is a stream. */
  readonly body: Body;
  /** Whether the body is a stream, which can be read only once: such a request is never retried. */
  readonly isStream: boolean;
  /** Other members of the call's init, such as `cache`, and a body that is a stream. */
  readonly init: object;
}

/** The init with which openapi-fetch constructs a request. */
interface PlainInit {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: Body;
}

/** Stores what openapi-fetch passes, so that a call without middleware creates no platform `Request`. */
export class PlainRequest {
  readonly url: string;
  readonly method: string;
  readonly #init: PlainInit;

  constructor(url: string, init: PlainInit) {
    this.url = url;
    this.method = init.method;
    this.#init = init;
  }

  toOutgoing(): OutgoingRequest {
    const { method, headers, body, ...init } = this.#init;
    if (isStream(body)) return { url: this.url, method, headers, body: undefined, isStream: true, init: this.#init };
    return { url: this.url, method, headers, body, isStream: false, init };
  }
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  cache: "default",
  credentials: "same-origin",
  integrity: "",
  keepalive: false,
  mode: "cors",
  referrer: "about:client",
  referrerPolicy: "",
};

/** What a call knows about a request that cannot be read from the request itself. */
export interface RequestOrigin {
  /** The members of the call's init that are not openapi-fetch's own. */
  readonly init: object;
  /** Whether this is openapi-fetch's own request: middleware can only have changed its headers. */
  readonly isOriginal: boolean;
  /** What the body serializer of the call returned. */
  readonly serialized: unknown;
}

/** Reads a platform `Request`, which middleware may have changed or created. */
export async function fromRequest(request: Request, origin: RequestOrigin): Promise<OutgoingRequest> {
  const { isOriginal, serialized } = origin;
  const init = isOriginal ? origin.init : { ...origin.init, ...membersOf(request) };
  const head = { url: request.url, method: request.method, headers: new Headers(request.headers) };
  if (isStream(serialized)) return { ...head, body: undefined, isStream: true, init: { ...init, body: request.body } };
  const body = isOriginal && typeof serialized === "string" ? serialized : await bodyOf(request);
  return { ...head, body, isStream: false, init };
}

/** The members of a request that differ from their defaults. */
function membersOf(request: Request): object {
  const members = Object.keys(DEFAULTS).map((name): [string, unknown] => [name, Reflect.get(request, name)]);
  return Object.fromEntries(members.filter(([name, value]) => value !== undefined && value !== DEFAULTS[name]));
}

async function bodyOf(request: Request): Promise<ArrayBuffer | undefined> {
  return request.body === null ? undefined : await request.arrayBuffer();
}

/** Whether a body is a stream, which can be sent only once. */
export function isStream(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("getReader" in body || Symbol.asyncIterator in body);
}

/** The body as text, or `undefined` if it is not text. */
export function bodyText(body: Body): string | undefined {
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  return body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : undefined;
}

/** Why `fetch` would refuse this request whatever the network does, or `undefined` if it would not. */
export function unsendableReason({ url, method, headers, body, isStream, init }: OutgoingRequest): unknown {
  try {
    // A stream that has been read would be refused too, so a string takes its place.
    new Request(url, { ...init, method, headers, body: isStream ? "" : (body ?? null) });
    return undefined;
  } catch (reason) {
    return reason;
  }
}
