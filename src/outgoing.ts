import type { FetchFunction } from "./exchange.ts";

const METHODS_WITH_BODY: readonly string[] = ["OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
const METHODS: readonly string[] = ["GET", "HEAD", ...METHODS_WITH_BODY];
const PLAIN_INIT: readonly string[] = ["method", "headers", "body", "redirect", "signal", "timeout", "retry"];

// What stands in for it in tests is put there later, and is given a Request like every fetch that is not the platform's.
const platformFetch = globalThis.fetch;

/** A body as `fetch` takes it. */
type Body = NonNullable<RequestInit["body"]>;

/**
 * A request as plain values, which can be sent any number of times. Given to openapi-fetch in the place of `Request`, it
 * costs neither the building of a request that is never sent nor the cloning of its body.
 */
export class OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body | undefined;
  readonly #base: Request | string;
  readonly #init: RequestInit;

  constructor(url: string, init: RequestInit & { headers: Headers }, base: Request | string = url) {
    this.url = url;
    this.method = init.method ?? "GET";
    this.headers = init.headers;
    this.body = init.body ?? undefined;
    this.#base = base;
    this.#init = init;
  }

  /** Takes over a real request, which middleware may have made or changed. */
  static async from(request: Request): Promise<OutgoingRequest> {
    const init = { method: request.method, headers: new Headers(request.headers) };
    const body = request.body === null ? undefined : await request.arrayBuffer();
    return new OutgoingRequest(request.url, body === undefined ? init : { ...init, body }, request);
  }

  /** Can the body be read again? A stream is gone once it has been sent. */
  get resendable(): boolean {
    return typeof this.body !== "object" || !(Symbol.asyncIterator in this.body || this.body instanceof ReadableStream);
  }

  /** The body, where it is text. */
  get text(): string | undefined {
    if (this.body instanceof ArrayBuffer) return new TextDecoder().decode(this.body);
    if (this.body instanceof URLSearchParams) return this.body.toString();
    return typeof this.body === "string" ? this.body : undefined;
  }

  /**
   * Makes ready to send with a token, and never to follow a redirect: that could take the token elsewhere. Throws when
   * `fetch` would refuse the request.
   */
  prepare(
    token: string,
    fetch: FetchFunction | undefined,
  ): (end: { readonly signal: AbortSignal }) => Promise<Response> {
    this.headers.set("Authorization", `Bearer ${token}`);
    const init: RequestInit = { ...this.#init, headers: this.headers, redirect: "manual", signal: null };
    if (fetch === undefined && globalThis.fetch === platformFetch && this.#isPlain()) {
      // The platform's fetch makes a request of its own of whatever it is given: one that we made would be for nothing.
      return ({ signal }) => globalThis.fetch(this.url, { ...init, signal });
    }
    const request = new Request(this.#base, init);
    return ({ signal }) => (fetch ?? globalThis.fetch)(request, { signal });
  }

  /** Is there nothing in it that `fetch` could refuse? */
  #isPlain(): boolean {
    const methods = this.body === undefined ? METHODS : METHODS_WITH_BODY;
    return (
      typeof this.#base === "string" &&
      methods.includes(this.method) &&
      Object.keys(this.#init).every((key) => PLAIN_INIT.includes(key))
    );
  }
}
