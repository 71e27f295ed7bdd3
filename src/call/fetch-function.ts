/** A `fetch`: the platform's, that of the package undici, or your own. */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What a `fetch` is called with. Other members of a call's init, such as `cache` or `dispatcher`, are passed on unchanged. */
export interface FetchInit {
  /** The HTTP method, in capitals. */
  method: string;
  /** The request headers, with `Authorization`. */
  headers: Headers;
  /** The request body. A stream that a `bodySerializer` of your own returns is passed on as it is. */
  body?: string | ArrayBuffer | BodyStream;
  /** Always `"manual"`: a redirect could take the token elsewhere. */
  redirect: "manual";
  /** Aborts when the attempt's time is up, and when the caller aborts. */
  signal: AbortSignal;
}

/** A body that can be sent only once. The package undici takes iterables, other implementations streams. */
export type BodyStream = ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;

/** The part of a `Response` that the client uses. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The reason phrase. */
  readonly statusText?: string;
  /** The response headers. */
  readonly headers: {
    /** Calls `callback` for each header. */
    forEach(callback: (value: string, name: string) => void): void;
  };
  /** The body as a `ReadableStream` of bytes, `null` where there is none. Anything else is read by `arrayBuffer`. */
  readonly body?: unknown;
  /** Reads the whole body, where it is no `ReadableStream`, as in React Native and node-fetch. */
  arrayBuffer?(): Promise<ArrayBuffer>;
  /** In a browser, `"opaqueredirect"` for a redirect. */
  readonly type?: string;
  /** The URL that the response came from. */
  readonly url?: string;
  /** Whether a redirect was followed. */
  readonly redirected?: boolean;
  /** Whether the body was read before. */
  readonly bodyUsed?: boolean;
}
