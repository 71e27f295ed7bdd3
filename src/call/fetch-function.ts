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
  readonly status: number;
  readonly ok: boolean;
  readonly statusText: string;
  readonly type: string;
  readonly url: string;
  readonly bodyUsed: boolean;
  readonly headers: ResponseHeaders;
  readonly body: BodyStream | null;
}

/** The part of a body's stream that the client uses. */
export interface BodyStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
  cancel(): Promise<void>;
}

/** A `fetch`: the platform's, that of the package undici, or your own. */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchResponse>;
