import createClient, { type HeadersOptions, type Middleware } from "openapi-fetch";
import { checkOption, checkText } from "../checks.ts";
import { apiError, CallDetails, invalidResponseError, unsendableError } from "../errors/call-errors.ts";
import { isRolloutError, RolloutError } from "../errors/errors.ts";
import {
  type CallOverrides,
  callSettings,
  checkHeaders,
  DEFAULT_ACCEPT,
  readHeaders,
  type Settings,
} from "../options.ts";
import { abortReason, withDeadline } from "./deadline.ts";
import { type CallRecord, notify } from "./log.ts";
import { bodyOf, checkPath, isRefused, RecordedRequest, requestOf, serializableQuery } from "./request.ts";
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

  /** Calls an operation, and keeps `details` up to date. */
  async function perform(method: string, path: string, given: CallInit, details: CallDetails): Promise<ApiResult> {
    details.method = checkText("method", method).toUpperCase();
    details.path = checkText("path", path);
    const settings = callSettings(client, given);
    const { signal } = settings;
    details.waitUntilReady = settings.waitUntilReady;
    const { body: input, parseAs = "json", querySerializer, pathSerializer, middleware = [], baseUrl } = given;
    const params = given.params?.header ? { ...given.params, header: readHeaders(given.params.header) } : given.params;
    let options: Record<string, unknown> | undefined;
    for (const name of Object.keys(given)) {
      if (!OWN_MEMBERS.has(name)) options = Object.assign(options ?? {}, { [name]: given[name] });
    }
    checkPath(path, params?.path);
    checkOption("parseAs", parseAs);
    const { accept } = client.headers;
    const own = checkHeaders(given.headers);
    const headers = parseAs === "json" || accept !== DEFAULT_ACCEPT ? own : { accept: "*/*", ...own };
    const body = await bodyOf(given, client.headers, headers);
    const isObserved = hasMiddleware || middleware.length > 0;
    const parsesText = parseAs === "json" || parseAs === "text";
    let sent: SentResponse | undefined;
    let failure: { readonly thrown: unknown } | undefined;

    const fetch = async (request: Request | RecordedRequest): Promise<object> => {
      const isRecorded = request instanceof RecordedRequest;
      const outgoing = isRecorded ? { ...request, options } : await requestOf(request, body, options);
      const itsSettings = isRecorded ? settings : callSettings(settings, { signal: request.signal });
      details.method = outgoing.method;
      try {
        sent = await sendWithRetries(outgoing, itsSettings, details, input, parsesText, isObserved);
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
    // Middleware that replaces a response does not undo what the server did.
    const mayHaveActed = (): boolean =>
      sent !== undefined && outcomeMayHaveSucceeded(details.method, { kind: "status", status: sent.response.status });
    const init = {
      ...options,
      headers,
      body,
      bodySerializer: (serialized: unknown) => serialized,
      params:
        params?.query && typeof querySerializer !== "function"
          ? { ...params, query: serializableQuery(params.query) }
          : params,
      querySerializer,
      pathSerializer,
      baseUrl,
      middleware,
      // The body is parsed below.
      parseAs: "stream",
      // Middleware expects a Request. Without middleware, nobody sees what takes its place.
      Request: isObserved ? Request : RecordedRequest,
      fetch,
    };

    let result: ApiResult;
    try {
      // The signal of a Request follows the one that it is given, even after the call. So it gets one of this call alone.
      result = await (isObserved
        ? withDeadline(signal, undefined, (ended) => send(method, path, { ...init, signal: ended }))
        : send(method, path, init));
    } catch (thrown) {
      // onError may have replaced the reason, and openapi-fetch does not rethrow what is falsy.
      if (signal?.aborted) throw abortReason(signal);
      if (failure !== undefined && !failure.thrown) throw failure.thrown;
      details.mayHaveSucceeded ||= mayHaveActed();
      const mayBeRefused = isObserved && sent === undefined && failure === undefined;
      const platformInit = { ...options, signal: new AbortController().signal };
      if (!mayBeRefused || !isRefused(method, client.baseUrl, platformInit)) throw thrown;
      throw unsendableError({ kind: "unsendable", thrown }, details);
    }
    const response = sent?.text === undefined ? result.response : sent.response;
    if (response.ok) {
      // Of a response without content, openapi-fetch says so. The responses of React Native have no `body` at all.
      const isEmpty = result.data === undefined && response.body !== undefined;
      const data = isEmpty ? undefined : await parse(response, sent?.text, parseAs, details);
      return new CallResult({ data }, response, details);
    }
    details.mayHaveSucceeded ||= mayHaveActed();
    // A failure without a body gets an `error` too, so that `if (error)` catches every failure.
    const error = result.error || apiError(response, result.error === "" ? undefined : result.error, details);
    return new CallResult({ error }, response, details);
  }

  async function call(method: string, path: string, given?: CallInit | null): Promise<ApiResult> {
    // Only its own members count.
    const init: CallInit = Object.assign(Object.create(null), given);
    const details = new CallDetails(client.origin, 0);
    const startedAt = new Date();
    const began = performance.now();
    let failure: Pick<CallRecord, "code" | "mayHaveSucceeded"> | undefined;
    try {
      const result = await perform(method, path, init, details);
      if (!result.response.ok && client.onCall !== undefined) failure = apiError(result.response, undefined, details);
      return result;
    } catch (thrown) {
      const { aborted: isAborted = false, reason } = init.signal ?? {};
      const isOurs = isRolloutError(thrown) && !(isAborted && Object.is(thrown, reason));
      failure = isOurs ? thrown : { code: isAborted ? "aborted" : "caller_error", mayHaveSucceeded: false };
      throw thrown;
    } finally {
      if (client.onCall !== undefined) {
        const { method, path, origin, attempts, queued, status, requestId: id } = details;
        const requestId = id && details.redact(id);
        const code = failure?.code;
        // An error of another call does not know what this one did.
        const mayHaveSucceeded = failure && (failure.mayHaveSucceeded || details.mayHaveSucceeded);
        const { credentialId } = client;
        const duration = performance.now() - began;
        const known = { method, path, origin, attempts, startedAt, duration, queued };
        const optional = Object.entries({ status, code, requestId, credentialId, mayHaveSucceeded });
        const present = Object.fromEntries(optional.filter(([, value]) => value !== undefined));
        notify(() => client.onCall?.({ ...known, ...present }));
      }
    }
  }

  return {
    call,
    use(...middleware) {
      use(...middleware);
      hasMiddleware = true;
    },
    eject,
  };
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
