import createClient, { defaultPathSerializer, type HeadersOptions, type Middleware } from "openapi-fetch";
import { checkOption } from "../checks.ts";
import { withDeadline } from "../deadline.ts";
import { invalidInput, isRolloutError } from "../errors/errors.ts";
import {
  type CallOverrides,
  callSettings,
  checkHeaders,
  DEFAULT_ACCEPT,
  readHeaders,
  type Settings,
} from "../options.ts";
import { isObject } from "../values.ts";
import { apiError, type CallDetails, invalidResponseError, UNKNOWN_CALL, unsendableError } from "./call-errors.ts";
import { type CallRecord, notify } from "./log.ts";
import { bodyOf, checkPath, checkTarget, isRefused, OutgoingRequest, requestOf, serializableQuery } from "./request.ts";
import { sendWithRetries } from "./send.ts";

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

class CallResult implements ApiResult {
  declare readonly response: Response;
  // A WeakMap of results made a call 4 % slower.
  readonly #details: CallDetails;

  constructor(result: ApiResult, details: CallDetails) {
    Object.assign(this, result);
    this.#details = details;
  }

  static detailsOf(result: ApiResult): CallDetails | undefined {
    return #details in result ? result.#details : undefined;
  }
}

/** The details of the call that returned a result, for its errors. Unknown for a result that was copied or created elsewhere. */
export const detailsOf: (result: ApiResult) => CallDetails | undefined = CallResult.detailsOf;

// Members of an init that are not passed to `fetch`.
const OWN_MEMBER =
  /^(?:headers|body|params|parseAs|(?:query|path|body)Serializer|middleware|baseUrl|Request|method|signal|timeout|retry|waitUntilReady|fetch)$/;

/** Creates the function that calls operations, and what registers middleware for it. */
export function createCall(client: Settings): {
  readonly call: Call;
  use(...middleware: Middleware[]): void;
  eject(...middleware: Middleware[]): void;
} {
  const { baseUrl, headers } = client;
  // openapi-fetch would read serializers from a prototype.
  const serializers = { querySerializer: Object.create(null), pathSerializer: defaultPathSerializer };
  const { request, use, eject } = createClient({ baseUrl, headers, ...serializers });
  // The types of the public methods say which operations exist. Here, an operation is a method, a path and an object.
  const send = request as (method: string, path: string, init: object) => Promise<ApiResult>;
  let hasMiddleware = false;

  /** Calls an operation, and keeps `details` up to date. */
  async function perform(method: string, path: string, given: CallInit, details: CallDetails): Promise<ApiResult> {
    Object.assign(details, checkTarget(method, path));
    const settings = callSettings(client, given);
    const { signal } = settings;
    details.waitUntilReady = settings.waitUntilReady;
    const { parseAs = "json", querySerializer, pathSerializer, baseUrl, middleware = [] } = given;
    const options: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(given)) if (!OWN_MEMBER.test(name)) options[name] = value;
    if (!Array.isArray(middleware)) throw invalidInput("middleware", "must be an array");
    if (given.params !== undefined && !isObject(given.params)) throw invalidInput("params", "must be an object");
    // Its own members hide those of a prototype.
    const params: NonNullable<CallInit["params"]> = { path: undefined, query: undefined, header: undefined };
    Object.assign(params, given.params);
    checkPath(path, params.path ?? {});
    if (params.header) params.header = readHeaders(params.header);
    if (params.query && typeof querySerializer !== "function") params.query = serializableQuery(params.query);
    checkOption("parseAs", given.parseAs);
    const { accept } = client.headers;
    const own = checkHeaders(given.headers);
    const headers = parseAs === "json" || accept !== DEFAULT_ACCEPT ? own : { accept: "*/*", ...own };
    const body = await bodyOf(given, client.headers, headers, params.header);
    const isObserved = hasMiddleware || middleware.length > 0;
    const parsesText = parseAs === "json" || parseAs === "text";
    let sent: Awaited<ReturnType<typeof sendWithRetries>> | undefined;
    let failure: { readonly thrown: unknown } | undefined;

    const fetch = async (request: Request | OutgoingRequest): Promise<object> => {
      const isOutgoing = request instanceof OutgoingRequest;
      const outgoing = isOutgoing ? request : await requestOf(request, body, options);
      const itsSettings = isOutgoing ? settings : callSettings(settings, { signal: request.signal });
      try {
        sent = await sendWithRetries(outgoing, itsSettings, details, given.body, parsesText, isObserved);
      } catch (thrown) {
        failure = { thrown };
        throw thrown;
      }
      const { response, text } = sent;
      const { status, headers } = response;
      // openapi-fetch reads nothing else of a success.
      return text === undefined ? response : { ok: true, status, headers, body: text };
    };
    const init = {
      ...options,
      headers,
      body,
      params,
      querySerializer,
      pathSerializer,
      baseUrl,
      middleware,
      bodySerializer: (serialized: unknown) => serialized,
      // The body is parsed below.
      parseAs: "stream",
      // Middleware expects a Request. Without middleware, nobody sees what takes its place.
      Request: isObserved ? Request : OutgoingRequest,
      fetch,
    };

    let result: ApiResult;
    try {
      // A Request listens to its signal even after the call, so each call gets a signal of its own.
      result = await (isObserved
        ? withDeadline(signal, undefined, (ended) => send(method, path, { ...init, signal: ended }))
        : send(method, path, init));
    } catch (thrown) {
      // openapi-fetch does not rethrow what is falsy.
      if (failure !== undefined && !failure.thrown) throw failure.thrown;
      const platformInit = { ...options, method, signal: new AbortController().signal };
      if (!isObserved || !isRefused(client.baseUrl, platformInit)) throw thrown;
      throw unsendableError({ kind: "unsendable", thrown }, details);
    }
    const response = sent?.text === undefined ? result.response : sent.response;
    // A failure without a body gets an `error` too, so that `if (error)` catches every failure.
    if (!response.ok) {
      const error = result.error || apiError(response, result.error === "" ? undefined : result.error, details);
      return { error, response };
    }
    // openapi-fetch leaves `data` undefined for a response without content. The responses of React Native have no `body` at all.
    const isEmpty = result.data === undefined && response.body !== undefined;
    return { data: isEmpty ? undefined : await parse(response, sent?.text, parseAs, details), response };
  }

  async function call(method: string, path: string, given?: CallInit | null): Promise<ApiResult> {
    // Only its own members count.
    const init: CallInit = Object.assign(Object.create(null), given);
    const details: CallDetails = { ...UNKNOWN_CALL, origin: client.origin, attempts: 0 };
    const began = performance.now();
    let failure: Pick<CallRecord, "code" | "mayHaveSucceeded"> | undefined;
    try {
      const result = await perform(method, path, init, details);
      if (!result.response.ok && client.onCall !== undefined) failure = apiError(result.response, undefined, details);
      return new CallResult(result, details);
    } catch (thrown) {
      const { aborted: isAborted = false, reason } = init.signal ?? {};
      const isOurs = isRolloutError(thrown) && !(isAborted && Object.is(thrown, reason));
      failure = isOurs ? thrown : { code: isAborted ? "aborted" : "caller_error", mayHaveSucceeded: false };
      throw thrown;
    } finally {
      if (client.onCall !== undefined) {
        const { method, path, origin, attempts, queued, status, requestId: id } = details;
        const optional = {
          status,
          code: failure?.code,
          requestId: id && details.redact(id),
          credentialId: client.credentialId,
          // An error of another call does not know what this one did.
          mayHaveSucceeded: failure && (failure.mayHaveSucceeded || details.mayHaveSucceeded),
        };
        const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
        const duration = performance.now() - began;
        // Not before the call: Next.js does not prerender a page that reads the clock before it fetches.
        const startedAt = new Date(Date.now() - duration);
        notify(() => client.onCall?.({ method, path, origin, attempts, startedAt, duration, queued, ...present }));
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
    if (parseAs !== "json") return text ?? (await response[parseAs]());
    const json = text ?? (await response.text());
    return json === "" ? undefined : JSON.parse(json);
  } catch {
    // Without the cause: the message of a SyntaxError quotes what could not be parsed.
    const problem = `its body is not valid ${parseAs === "json" ? "JSON" : parseAs}: a proxy may have responded instead`;
    throw invalidResponseError(response, problem, details);
  }
}
