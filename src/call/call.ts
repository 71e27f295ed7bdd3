import createClient, { type HeadersOptions, type Middleware, mergeHeaders } from "openapi-fetch";
import { checkOption, checkText } from "../checks.ts";
import { apiError, type CallDetails, invalidResponseError, unsendableError } from "../errors/call-errors.ts";
import { isRolloutError, RolloutError } from "../errors/errors.ts";
import {
  type CallOverrides,
  callSettings,
  checkHeaders,
  DEFAULT_ACCEPT,
  type HeaderValues,
  readHeaders,
  type Settings,
} from "../options.ts";
import { abortReason, withDeadline } from "./deadline.ts";
import type { FetchInit } from "./fetch-function.ts";
import { type CallRecord, notify } from "./log.ts";
import {
  checkPath,
  isRefused,
  isStream,
  RecordedRequest,
  readSerialized,
  requestOf,
  serializableQuery,
  serializeBody,
} from "./request.ts";
import { outcomeMayHaveSucceeded } from "./retry.ts";
import { type SentResponse, sendWithRetries } from "./send.ts";

/** What a call takes: the request, in openapi-fetch's form, and the options of the call. */
export interface CallInit extends CallOverrides {
  headers?: HeadersOptions | undefined;
  body?: unknown;
  params?: {
    path?: Record<string, unknown> | undefined;
    query?: Record<string, unknown> | undefined;
    header?: HeadersOptions | undefined;
  };
  parseAs?: ParseAs | undefined;
  querySerializer?: unknown;
  pathSerializer?: unknown;
  baseUrl?: unknown;
  bodySerializer?: ((body: unknown, headers: Headers) => unknown) | undefined;
  middleware?: readonly Middleware[] | undefined;
  [option: string]: unknown;
}

type ParseAs = "json" | "text" | "blob" | "arrayBuffer" | "formData" | "stream";

/** What a call of `api` resolves to. */
export interface ApiResult {
  /** The body of a success. */
  readonly data?: unknown;
  /** The body of any other response. */
  readonly error?: unknown;
  /** The response. Its body has been read. */
  readonly response: Response;
}

/** Calls one operation. */
export type Call = (method: string, path: string, init?: CallInit | null) => Promise<ApiResult>;

/** The result of a call, with the details for an error that is created from it later. */
export class CallResult implements ApiResult {
  // Declared only: a success has no `error`, and a failure no `data`.
  declare readonly data?: unknown;
  declare readonly error?: unknown;
  readonly response: Response;
  readonly #details: CallDetails;

  constructor(
    body: { readonly data: unknown } | { readonly error: unknown },
    response: Response,
    details: CallDetails,
  ) {
    Object.assign(this, body);
    this.response = response;
    this.#details = details;
  }

  /** The details of the call that returned a result. Unknown for a result that was copied or created elsewhere. */
  static detailsOf(result: ApiResult): CallDetails | undefined {
    return #details in result ? result.#details : undefined;
  }
}

// The members of an init that are not for `fetch`.
const OWN_MEMBERS: ReadonlySet<string> = new Set(
  "headers body params parseAs querySerializer bodySerializer pathSerializer middleware baseUrl Request method signal timeout retry waitUntilReady fetch".split(
    " ",
  ),
);

/** Creates the function that calls operations, and what registers middleware for it. */
export function createCall(client: Settings): {
  readonly call: Call;
  use(...middleware: Middleware[]): void;
  eject(...middleware: Middleware[]): void;
} {
  const { request, use, eject } = createClient({ baseUrl: client.baseUrl, headers: client.headers });
  // The types of the public methods say which operations exist. Here, an operation is a method, a path and an object.
  const send = request as (method: string, path: string, init: object) => Promise<ApiResult>;
  let hasMiddleware = false;

  async function call(
    method: string,
    path: string,
    given?: CallInit | null,
    details = detailsOfCall(),
  ): Promise<ApiResult> {
    // Only its own members count.
    const init: CallInit = Object.assign(Object.create(null), given);
    details.method = checkText("method", method).toUpperCase();
    details.path = checkText("path", path);
    const settings = callSettings(client, init);
    const { signal } = settings;
    const { parseAs = "json", middleware = [], querySerializer } = init;
    const params = init.params?.header ? { ...init.params, header: readHeaders(init.params.header) } : init.params;
    checkPath(path, params?.path);
    checkOption("parseAs", parseAs);
    details.waitUntilReady = settings.waitUntilReady;
    const headers = headersOf(init, client.headers, parseAs);
    const body = await bodyOf(init, client.headers, headers);
    const options = fetchOptionsOf(init);
    const isObserved = hasMiddleware || middleware.length > 0;
    const parsesText = parseAs === "json" || parseAs === "text";
    let sent: SentResponse | undefined;
    let failure: { readonly thrown: unknown } | undefined;

    const fetch = async (request: Request | RecordedRequest): Promise<object> => {
      const isRecorded = request instanceof RecordedRequest;
      const outgoing = isRecorded ? { ...request, options } : await requestOf(request, body, options);
      const own = isRecorded ? settings : callSettings(settings, { signal: request.signal });
      details.method = outgoing.method;
      try {
        sent = await sendWithRetries(outgoing, own, details, init.body, parsesText, isObserved);
      } catch (thrown) {
        failure = { thrown };
        // onError may respond in its place.
        if (thrown instanceof RolloutError) details.mayHaveSucceeded ||= thrown.mayHaveSucceeded;
        throw thrown;
      }
      const { response, text } = sent;
      if (text === undefined) return response;
      // openapi-fetch reads nothing else of a success.
      return { ok: true, status: response.status, headers: response.headers, body: text };
    };
    const mayHaveActed = (): boolean =>
      sent !== undefined && outcomeMayHaveSucceeded(details.method, { kind: "status", status: sent.response.status });
    const work = (signal?: AbortSignal): Promise<ApiResult> =>
      send(method, path, {
        ...options,
        headers,
        body,
        bodySerializer: (serialized: unknown) => serialized,
        params:
          params?.query && typeof querySerializer !== "function"
            ? { ...params, query: serializableQuery(params.query) }
            : params,
        querySerializer,
        pathSerializer: init.pathSerializer,
        baseUrl: init.baseUrl,
        middleware,
        signal,
        // The body is parsed below.
        parseAs: "stream",
        // Middleware expects a Request. Without middleware, nobody sees what takes its place.
        Request: isObserved ? Request : RecordedRequest,
        fetch,
      });

    let result: ApiResult;
    try {
      // The signal of a Request follows the one that it is given, even after the call. So it gets one of this call alone.
      result = await (isObserved ? withDeadline(signal, undefined, work) : work());
    } catch (thrown) {
      // onError may have replaced the reason, and openapi-fetch does not rethrow what is falsy.
      if (signal?.aborted) throw abortReason(signal);
      if (failure !== undefined && !failure.thrown) throw failure.thrown;
      if (mayHaveActed()) details.mayHaveSucceeded = true;
      const isRequestRefused =
        isObserved &&
        sent === undefined &&
        failure === undefined &&
        isRefused(method, client.baseUrl, { ...options, signal: new AbortController().signal });
      throw isRequestRefused ? unsendableError({ kind: "unsendable", thrown }, details) : thrown;
    }
    const response = sent?.text === undefined ? result.response : sent.response;
    if (response.ok) {
      // Of a response without content, openapi-fetch says so. The responses of React Native have no `body` at all.
      const isEmpty = result.data === undefined && response.body !== undefined;
      const data = isEmpty ? undefined : await parse(response, sent?.text, parseAs, details);
      return new CallResult({ data }, response, details);
    }
    // Middleware that replaces a response does not undo what the server did.
    if (mayHaveActed()) details.mayHaveSucceeded = true;
    // A failure without a body gets an `error` too, so that `if (error)` catches every failure.
    const error = result.error || apiError(response, result.error === "" ? undefined : result.error, details);
    return new CallResult({ error }, response, details);
  }

  function detailsOfCall(): CallDetails {
    const { origin } = client;
    return {
      method: "",
      path: "",
      origin,
      attempts: 0,
      mayHaveSucceeded: false,
      queued: 0,
      redact: (text) => text,
      waitUntilReady: 0,
    };
  }

  async function recordedCall(method: string, path: string, init?: CallInit | null): Promise<ApiResult> {
    const details = detailsOfCall();
    const startedAt = new Date();
    const began = performance.now();
    const record = (code?: CallRecord["code"], mayHaveSucceeded?: boolean): void => {
      const { method, path, origin, attempts, queued, status, requestId: id } = details;
      const requestId = id && details.redact(id);
      const duration = performance.now() - began;
      const optional = Object.entries({
        status,
        code,
        requestId,
        credentialId: client.credentialId,
        mayHaveSucceeded,
      }).filter(([, value]) => value !== undefined);
      const call: CallRecord = {
        method,
        path,
        origin,
        attempts,
        startedAt,
        duration,
        queued,
        ...Object.fromEntries(optional),
      };
      notify(() => client.onCall?.(call));
    };
    try {
      const result = await call(method, path, init, details);
      const error = result.response.ok ? undefined : apiError(result.response, undefined, details);
      record(error?.code, error?.mayHaveSucceeded);
      return result;
    } catch (thrown) {
      const { signal } = init ?? {};
      const isAborted = signal?.aborted === true && (!isRolloutError(thrown) || Object.is(thrown, signal.reason));
      // It may be of another call: then it does not know what this one did.
      if (!isAborted && isRolloutError(thrown)) {
        record(thrown.code, thrown.mayHaveSucceeded || details.mayHaveSucceeded);
      } else record(isAborted ? "aborted" : "caller_error", details.mayHaveSucceeded);
      throw thrown;
    }
  }

  return {
    call: client.onCall === undefined ? (method, path, init) => call(method, path, init) : recordedCall,
    use(...middleware) {
      use(...middleware);
      hasMiddleware = true;
    },
    eject,
  };
}

/** The headers of one call: its own, over a default that depends on how the response is parsed. */
function headersOf({ headers }: CallInit, defaults: HeaderValues, parseAs: ParseAs): Record<string, string | null> {
  const own = checkHeaders(headers);
  const { accept } = defaults;
  return parseAs === "json" || accept !== DEFAULT_ACCEPT ? own : { accept: "*/*", ...own };
}

/** Serializes the body of a call. Adds the media type to `headers` where it is not JSON, and nobody named it. */
async function bodyOf(
  { body, bodySerializer = serializeBody, params }: CallInit,
  defaults: HeaderValues,
  headers: Record<string, string | null>,
): Promise<FetchInit["body"]> {
  if (body === undefined) return undefined;
  const merged = mergeHeaders(defaults, headers, params?.header);
  const serialized = bodySerializer(body, merged);
  if (serialized === undefined || serialized === null) return undefined;
  if (typeof serialized === "string") return serialized;
  if (isStream(serialized)) {
    if (serialized === body && !merged.has("content-type")) headers["content-type"] = "application/octet-stream";
    return serialized;
  }
  const { bytes, mediaType } = await readSerialized(serialized);
  if (!merged.has("content-type")) headers["content-type"] = mediaType;
  return bytes;
}

/** The members of an init that are for `fetch`, such as `cache` or `dispatcher`. */
function fetchOptionsOf(init: CallInit): object | undefined {
  let options: Record<string, unknown> | undefined;
  for (const name of Object.keys(init)) {
    if (OWN_MEMBERS.has(name)) continue;
    options ??= {};
    options[name] = init[name];
  }
  return options;
}

/** Parses the body of a success. */
async function parse(
  response: Response,
  text: string | undefined,
  parseAs: ParseAs,
  details: CallDetails,
): Promise<unknown> {
  if (parseAs === "stream") return response.body;
  try {
    if (parseAs === "text") return text ?? (await response.text());
    if (parseAs !== "json") return await response[parseAs]();
    const json = text ?? (await response.text());
    return json === "" ? undefined : JSON.parse(json);
  } catch {
    // Without the cause: the message of a SyntaxError quotes what could not be parsed.
    const problem = `its body is not valid ${parseAs === "json" ? "JSON" : parseAs}: a proxy may have responded instead`;
    throw invalidResponseError(response, problem, details);
  }
}
