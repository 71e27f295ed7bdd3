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
    this.url = new URL(url).href;
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

  /** Builds the request to send with `token`. It never follows a redirect: that could take the token elsewhere. */
  toRequest(token: string): Request {
    this.headers.set("Authorization", `Bearer ${token}`);
    return new Request(this.#base, { ...this.#init, headers: this.headers, redirect: "manual" });
  }
}
