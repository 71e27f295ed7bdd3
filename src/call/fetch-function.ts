import type { ResponseHeaders } from "../errors/redact.ts";

/** What a `fetch` is called with. Other members of a call's init, such as `cache` or `dispatcher`, are passed on unchanged. */
export interface FetchInit {
  /** The HTTP method, in capitals. */
  method: string;
  /** The request headers, with `Authorization`. */
  headers: Headers;
  /** The request body. What a `bodySerializer` of your own returns is passed on unchanged, whatever it is. */
  body?: string | ArrayBuffer | URLSearchParams;
  /** Always `"manual"`: a redirect could take the token elsewhere. */
  redirect: "manual";
  /** Aborts when the attempt's time is up, and when the caller aborts. */
  signal: AbortSignal;
}

/** The part of a `Response` that the client uses. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  /** The reason phrase. */
  readonly statusText: string;
  /** In a browser, `"opaqueredirect"` for a redirect. */
  readonly type: string;
  /** The URL that the response came from. */
  readonly url: string;
  /** Whether the body was read before. */
  readonly bodyUsed: boolean;
  /** The response headers. */
  readonly headers: ResponseHeaders;
  /** The body. `null` where there is none. */
  readonly body: BodyStream | null;
}

/** The part of a body's stream that the client uses. */
export interface BodyStream {
  /** Locks the stream to a reader. */
  getReader(): BodyReader;
  /** Cancels the body. */
  cancel(): Promise<void>;
}

/** The part of a stream's reader that the client uses. */
export interface BodyReader {
  /** Reads the next chunk. */
  read(): Promise<{
    /** Whether the body has ended. */
    done: boolean;
    /** The chunk. */
    value?: Uint8Array | undefined;
  }>;
  /** Cancels the rest. */
  cancel(): Promise<void>;
}

/** A `fetch`: the platform's, that of the package undici, or your own. */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;
