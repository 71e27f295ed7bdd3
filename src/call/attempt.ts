import { requestIdOf } from "../errors/call-errors.ts";
import type { Settings } from "../options.ts";
import { memberOf } from "../values.ts";
import { classify, UnreadableResponse } from "./classify.ts";
import { abortReason, DeadlineExceeded, withDeadline } from "./deadline.ts";
import type { FetchInit, FetchResponse } from "./fetch-function.ts";
import { notify } from "./log.ts";
import { isRefused, type OutgoingRequest } from "./request.ts";
import { type Outcome, retryAfterOf } from "./retry.ts";

/** An attempt that has ended. */
export interface Attempt extends Outcome {
  /** The response, unless none arrived. */
  readonly response?: ReceivedResponse;
  /** The body of a success or an error. `null` if there is none, or if the body of an error cannot be read. */
  readonly bytes?: Uint8Array<ArrayBuffer> | null;
  /** The body of a success that will be read as text. */
  readonly text?: string;
  /** What was thrown. Beside a status: why the body of the error cannot be read. */
  readonly thrown?: unknown;
}

/** The head of a response, whichever `fetch` it came from. */
export interface ReceivedResponse {
  readonly status: number;
  /** Whether the status is from 200 to 299. */
  readonly isSuccess: boolean;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  /** The id that the server gave the request. */
  readonly requestId: string | undefined;
  /** The seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;
  /** The response as it arrived. */
  readonly original: FetchResponse;
}

type Bytes = Uint8Array<ArrayBuffer>;
interface Cancelable {
  cancel(): Promise<void>;
}
interface BodyReader extends Cancelable {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
}

// The body of an error is searched for secrets, which takes time.
const MAX_ERROR_BYTES = 256 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Makes one attempt within its deadline: gets the token, calls `fetch`, reads the body to its last byte. Throws only the
 * caller's abort reason, what the token function throws, and errors by which a framework steers.
 *
 * @param parsesText - whether the body of a success will be read as text
 * @param call - counts the attempts that were sent
 */
export async function makeAttempt(
  request: OutgoingRequest,
  settings: Settings,
  getToken: () => string | Promise<string>,
  parsesText: boolean,
  call: { attempts: number },
): Promise<Attempt> {
  const { signal: caller, timeout, maxResponseBytes } = settings;
  let sent = false;
  let responded = false;
  let response: ReceivedResponse | undefined;
  let body: Cancelable | undefined;
  try {
    return await withDeadline<Attempt>(caller, timeout, async (signal) => {
      request.headers.set("Authorization", `Bearer ${await getToken()}`);
      if (signal.aborted) throw abortReason(signal);
      sent = true;
      call.attempts += 1;
      const original = await (settings.fetch ?? globalThis.fetch)(request.url, fetchInit(request, signal));
      responded = true;
      body = cancelable(original);
      if (signal.aborted) throw abortReason(signal);
      response = receive(original);
      const { status, isSuccess, headers, retryAfter } = response;
      if (isRedirect(response, settings.origin)) {
        discard(body);
        return { kind: "redirect", status, sent, response };
      }
      const limit = isSuccess ? maxResponseBytes : Math.min(maxResponseBytes, MAX_ERROR_BYTES);
      const reader = readerOf(original);
      body = reader ?? body;
      const bytes = await readBody(original, headers, reader, limit);
      if (!isSuccess) return { kind: "status", status, retryAfter, sent, response, bytes };
      if (!parsesText) return { kind: "success", status, sent, response, bytes };
      return { kind: "success", status, sent, response, bytes, text: decodeUtf8(bytes) };
    });
  } catch (thrown) {
    discard(body);
    if (caller?.aborted) throw abortReason(caller);
    if (!sent) {
      if (thrown instanceof DeadlineExceeded) return { kind: "timeout", sent, thrown };
      throw thrown;
    }
    // Next.js steers rendering by such errors.
    if (typeof memberOf(thrown, "digest") === "string") throw thrown;
    // The status says what happened, even if the body was lost.
    if (response?.isSuccess === false) {
      const { status, retryAfter } = response;
      return { kind: "status", status, retryAfter, sent, response, bytes: null, thrown };
    }
    const byFetchOption = settings.fetch !== undefined;
    const failure = classify(thrown, responded, byFetchOption);
    const init = fetchInit(request, new AbortController().signal);
    if (failure.kind === "lost" && !responded && isRefused(request.method, request.url, init)) {
      return { kind: "unsendable", sent, thrown, byFetchOption };
    }
    return response === undefined ? { ...failure, sent, thrown } : { ...failure, sent, thrown, response };
  }
}

function fetchInit({ method, headers, body, options }: OutgoingRequest, signal: AbortSignal): FetchInit {
  const init: FetchInit = { method, headers, redirect: "manual", signal };
  if (body !== undefined) init.body = body;
  return options === undefined ? init : { ...options, ...init };
}

/** Reads the head of a response once. Only the headers of a success are not copied. */
function receive(original: FetchResponse): ReceivedResponse {
  const status = memberOf(original, "status");
  if (typeof status !== "number" || !Number.isInteger(status) || original.bodyUsed === true) {
    throw new UnreadableResponse("`fetch` did not return a usable Response");
  }
  const { statusText, url } = original;
  const isSuccess = status >= 200 && status <= 299;
  const headers = isSuccess && original.headers instanceof Headers ? original.headers : copyOf(original.headers);
  return {
    status,
    isSuccess,
    statusText: String(statusText ?? ""),
    headers,
    url: String(url ?? ""),
    requestId: requestIdOf(headers),
    retryAfter: isSuccess ? undefined : retryAfterOf(headers),
    original,
  };
}

/** Copies headers, as far as they can be read. */
function copyOf(headers: FetchResponse["headers"]): Headers {
  const copy = new Headers();
  notify(() => headers.forEach((value, name) => void notify(() => copy.append(name, value))));
  return copy;
}

/** Whether a response is a redirect, or comes from one. A 304 is none; a browser shows only the `type` of one. */
function isRedirect({ status, url, original }: ReceivedResponse, origin: string): boolean {
  return (
    (status >= 300 && status <= 399 && status !== 304) ||
    original.type === "opaqueredirect" ||
    original.redirected === true ||
    (url !== "" && !url.startsWith(`${origin}/`))
  );
}

function readerOf({ body }: FetchResponse): BodyReader | undefined {
  return isStreamOfBytes(body) ? body.getReader() : undefined;
}

function isStreamOfBytes(body: unknown): body is { getReader(): BodyReader } {
  return typeof memberOf(body, "getReader") === "function";
}

/** Reads a whole body of up to `limit` bytes. */
async function readBody(
  response: FetchResponse,
  headers: Headers,
  reader: BodyReader | undefined,
  limit: number,
): Promise<Bytes | null> {
  if (response.body === null) return null;
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
    const { done, value } = await reader.read();
    if (done || value === undefined) return concatenate(chunks, length);
    length += value.byteLength;
    if (length > limit) throw new UnreadableResponse(tooLong);
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

/** The text of a body. It must be UTF-8, so that no replacement characters reach the caller. */
function decodeUtf8(bytes: Bytes | null): string {
  try {
    return utf8.decode(bytes ?? undefined);
  } catch (cause) {
    throw new UnreadableResponse("the body is not UTF-8", { cause });
  }
}

function cancelable(response: FetchResponse): Cancelable | undefined {
  const body: unknown = memberOf(response, "body");
  return isCancelable(body) ? body : undefined;
}

function isCancelable(body: unknown): body is Cancelable {
  return typeof memberOf(body, "cancel") === "function";
}

/** Cancels a body that nobody will read on, so that its connection can be reused. Nothing that it throws escapes. */
async function discard(body: Cancelable | undefined): Promise<void> {
  try {
    await body?.cancel();
  } catch {
    // The reason does not matter.
  }
}
