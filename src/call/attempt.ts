import { abortReason, DeadlineExceeded, withDeadline } from "../deadline.ts";
import type { Settings } from "../options.ts";
import { memberOf } from "../values.ts";
import type { CallDetails } from "./call-errors.ts";
import { classify, UnreadableResponse } from "./classify.ts";
import { notify } from "./log.ts";
import { isRefused, type OutgoingRequest } from "./request.ts";
import { type Outcome, retryAfterOf } from "./retry.ts";

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

/** An attempt that has ended. */
export interface Attempt extends Outcome {
  /** The response, unless none arrived. */
  readonly response?: ReceivedResponse | undefined;
  /** The body of a success or an error. `null` if there is none, or if the body of an error cannot be read. */
  readonly bytes?: Bytes | null;
  /** What was thrown. Beside a status: why the body of the error cannot be read. */
  readonly thrown?: unknown;
}

/** The head of a response, whichever `fetch` it came from. */
export interface ReceivedResponse {
  readonly status: number;
  readonly isSuccess: boolean;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  /** The response as it arrived. */
  readonly original: FetchResponse;
}

type Bytes = Uint8Array<ArrayBuffer>;
type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

// The body of an error is searched for secrets, which takes time.
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * Makes one attempt within its deadline: gets the token, calls `fetch`, reads the body to its last byte. Throws only the
 * caller's abort reason, what the token function throws, and errors that a framework uses for control flow. `call` counts what was
 * sent.
 */
export async function makeAttempt(
  { url, init }: OutgoingRequest,
  settings: Settings,
  getToken: () => Promise<string>,
  call: CallDetails,
): Promise<Attempt> {
  const { signal: caller, timeout, maxResponseBytes } = settings;
  let sent = false;
  let responded = false;
  let response: ReceivedResponse | undefined;
  let reader: BodyReader | undefined;
  let refusal: Attempt | undefined;
  try {
    return await withDeadline<Attempt>(caller, timeout, async (signal) => {
      init.headers.set("Authorization", `Bearer ${await getToken()}`);
      if (signal.aborted) throw abortReason(signal);
      sent = true;
      call.attempts += 1;
      const original = await (settings.fetch ?? globalThis.fetch)(url, { ...init, redirect: "manual", signal });
      responded = true;
      response = receive(original);
      const { status, isSuccess, headers } = response;
      const { body } = original;
      if (isReadable(body)) reader = body.getReader();
      // A 304 is no redirect; a browser shows only the `type` of one.
      const isRedirect =
        (status >= 300 && status <= 399 && status !== 304) ||
        original.type === "opaqueredirect" ||
        original.redirected === true ||
        (response.url !== "" && !response.url.startsWith(`${settings.origin}/`));
      if (isRedirect) {
        notify(() => reader?.cancel());
        return { kind: "redirect", status, response };
      }
      // The status says what happened, even if the body is lost.
      if (!isSuccess) refusal = { kind: "status", status, retryAfter: retryAfterOf(headers), response, bytes: null };
      const limit = isSuccess ? maxResponseBytes : Math.min(maxResponseBytes, MAX_ERROR_BYTES);
      const bytes = body === null ? null : await readBody(original, headers, reader, limit);
      return refusal === undefined ? { kind: "success", status, response, bytes } : { ...refusal, bytes };
    });
  } catch (thrown) {
    notify(() => reader?.cancel());
    // An abort says nothing about the server. Next.js uses errors with a `digest` for control flow.
    if (caller?.aborted || (sent && typeof memberOf(thrown, "digest") === "string")) {
      call.mayHaveSucceeded ||= sent;
      throw caller?.aborted ? abortReason(caller) : thrown;
    }
    if (!sent && !(thrown instanceof DeadlineExceeded)) throw thrown;
    if (refusal !== undefined) return { ...refusal, thrown };
    const ownFetch = settings.fetch !== undefined;
    const failure = classify(thrown, responded, ownFetch);
    if (failure.kind === "lost" && !responded && isRefused(url, init)) {
      return { kind: "unsendable", thrown, thrownByFetchOption: ownFetch };
    }
    return { ...failure, sent, thrown, response };
  }
}

/** Reads the head of a response once. The headers of a success are used as they are. */
function receive(original: FetchResponse): ReceivedResponse {
  const status = memberOf(original, "status");
  if (typeof status !== "number" || !Number.isInteger(status) || original.bodyUsed === true) {
    throw new UnreadableResponse("`fetch` did not return a usable Response");
  }
  const { statusText, url } = original;
  const isSuccess = status >= 200 && status <= 299;
  let headers = new Headers();
  if (isSuccess && original.headers instanceof Headers) headers = original.headers;
  // Headers that cannot be read are left out.
  else notify(() => original.headers.forEach((value, name) => void notify(() => headers.append(name, value))));
  return { status, isSuccess, statusText: String(statusText ?? ""), headers, url: String(url ?? ""), original };
}

function isReadable(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof memberOf(body, "getReader") === "function";
}

/** Reads a whole body of up to `limit` bytes. */
async function readBody(
  response: FetchResponse,
  headers: Headers,
  reader: BodyReader | undefined,
  limit: number,
): Promise<Bytes> {
  const tooLong = `the body is longer than ${limit} bytes (see maxResponseBytes)`;
  // A compressed body grows when it is decoded.
  if (!headers.get("content-encoding") && Number(headers.get("content-length")) > limit) {
    throw new UnreadableResponse(tooLong);
  }
  if (reader === undefined) {
    if (typeof response.arrayBuffer !== "function") {
      throw new UnreadableResponse("`fetch` returned a response with neither a ReadableStream nor arrayBuffer()");
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength > limit) throw new UnreadableResponse(tooLong);
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    length += value.byteLength;
    if (length > limit) throw new UnreadableResponse(tooLong);
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  for (const chunk of chunks.reverse()) {
    length -= chunk.byteLength;
    whole.set(chunk, length);
  }
  return whole;
}
