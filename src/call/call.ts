import createClient, { defaultBodySerializer, type HeadersOptions, type Middleware } from "openapi-fetch";
import { checkText } from "../errors/checks.ts";
import { RolloutCallError, RolloutConfigError } from "../errors/classes.ts";
import { apiError, type CallReport, invalidResponseError } from "../errors/from-response.ts";
import { createRedact, redactCause, secretsInBody } from "../errors/redact.ts";
import { RolloutError } from "../errors/rollout-error.ts";
import { type ApiCallOptions, checkCallOptions, checkPathParameters } from "./call-options.ts";
import type { Delivery } from "./conclude.ts";
import { withDeadline } from "./deadline.ts";
import { deliver } from "./deliver.ts";
import type { FetchFunction } from "./fetch-function.ts";
import { checkHeaders } from "./headers.ts";
import { fromRequest, PlainRequest } from "./outgoing-request.ts";
import { type ApiResult, withReport } from "./result.ts";
import type { Settings } from "./settings.ts";

/** What a call takes: the request, in openapi-fetch's form, and the options of the call. */
export interface CallInit extends ApiCallOptions {
  fetch?: FetchFunction | undefined;
  headers?: HeadersOptions | undefined;
  body?: unknown;
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> } | undefined;
  parseAs?: string | undefined;
  bodySerializer?: ((body: unknown, headers: unknown) => unknown) | undefined;
  middleware?: readonly Middleware[] | undefined;
  [option: string]: unknown;
}

/** Calls one operation. */
export type Call = (method: string, path: string, init?: CallInit | null) => Promise<ApiResult>;

/** The outcome of sending a request; `undefined` if it was never sent. */
type Outcome = { readonly delivery: Delivery } | { readonly failure: unknown } | undefined;

/** Creates the function that calls operations. Each call runs the middleware that is in `registered` when it starts. */
export function createCall(settings: Settings, registered: readonly Middleware[]): Call {
  const client = createClient({ baseUrl: settings.baseUrl, headers: settings.headers });
  // The types of the public methods say which operations exist. Here, an operation is a method, a path and an object.
  const send = client.request as (method: string, path: string, init: object) => Promise<ApiResult>;

  return async (method, path, given) => {
    checkText("method", method);
    checkText("path", path);
    const { signal, timeout, retry, waitUntilReady, fetch, ...init } = given ?? {};
    const options = checkCallOptions({ signal, timeout, retry, waitUntilReady, fetch }, settings);
    checkPathParameters(path, init.params?.path);
    if (init.headers !== undefined) checkHeaders({}, init.headers);
    const isText = init.parseAs === undefined || init.parseAs === "json" || init.parseAs === "text";
    const middleware = [...registered, ...(init.middleware ?? []).filter(Boolean)];
    const readsOnlyText = isText && middleware.every(({ onResponse }) => onResponse === undefined);
    const call = { ...options, path, input: init.body, isText, readsOnlyText };

    let outcome: Outcome;
    let original: Request | undefined;
    let serialized: unknown;
    const serialize = (body: unknown, headers: unknown): unknown => {
      serialized = (init.bodySerializer ?? defaultBodySerializer)(body, headers);
      return serialized;
    };
    const keepOriginal: Middleware = {
      onRequest({ request }) {
        original = request;
      },
    };
    const deliverRequest = async (request: Request | PlainRequest): Promise<Response> => {
      const outgoing =
        request instanceof PlainRequest
          ? request.toOutgoing()
          : await fromRequest(request, {
              init: requestInit(init),
              isOriginal: request === original,
              serialized,
            });
      try {
        const delivery = await deliver(outgoing, call, settings);
        outcome = { delivery };
        return delivery.response;
      } catch (failure) {
        outcome = { failure };
        throw failure;
      }
    };
    const run = (): Promise<ApiResult> =>
      send(method, path, {
        ...init,
        bodySerializer: serialize,
        middleware: middleware.length > 0 ? [keepOriginal, ...middleware] : [],
        // Middleware expects a Request. Without middleware, nobody sees what takes its place.
        Request: middleware.length > 0 ? Request : PlainRequest,
        fetch: deliverRequest,
      });

    try {
      const endsEarly = middleware.length > 0 && options.signal !== undefined;
      const result = endsEarly ? await withDeadline(options.signal, undefined, run) : await run();
      const report = reportOf(outcome, result.response, method, path, init.body);
      return withReport(withError(result, report), report);
    } catch (cause) {
      if (options.signal?.aborted) throw options.signal.reason;
      throw errorOf(cause, outcome, init.body);
    }
  };
}

/** The members of a call's init that are not openapi-fetch's own: it passes them on to the request. */
function requestInit(init: CallInit): object {
  const {
    baseUrl,
    params,
    headers,
    body,
    parseAs,
    querySerializer,
    bodySerializer,
    pathSerializer,
    middleware,
    ...rest
  } = init;
  return rest;
}

function reportOf(outcome: Outcome, response: Response, method: string, path: string, input: unknown): CallReport {
  if (outcome === undefined || "failure" in outcome) {
    // Middleware responded instead of the server.
    const failure = outcome?.failure;
    const attempts = failure instanceof RolloutCallError ? failure.attempts : 0;
    const mayHaveSucceeded = failure instanceof RolloutError && failure.mayHaveSucceeded;
    return { method: method.toUpperCase(), path, attempts, mayHaveSucceeded, redact: redactInput(input) };
  }
  const { report, response: delivered } = outcome.delivery;
  // Middleware that replaces a success does not undo it.
  return delivered.ok && response !== delivered ? { ...report, mayHaveSucceeded: true } : report;
}

/** Gives a failure without a body an `error` too, so that `if (error)` catches every failure. */
function withError(result: ApiResult, report: CallReport): ApiResult {
  const { response, error } = result;
  return response.ok || error
    ? result
    : { error: apiError(response, error === "" ? undefined : error, report), response };
}

/** The error that a call rejects with: one of this package's, even if middleware threw its own instead. */
function errorOf(cause: unknown, outcome: Outcome, input: unknown): unknown {
  if (cause instanceof RolloutError) return cause;
  if (outcome === undefined) {
    const problem = "could not be created: a serializer or a middleware failed";
    return new RolloutConfigError("request", problem, { cause: redactCause(cause, redactInput(input)) });
  }
  if ("failure" in outcome) return outcome.failure;
  const { response, report } = outcome.delivery;
  // The message of a SyntaxError quotes what could not be parsed.
  if (cause instanceof SyntaxError) {
    return invalidResponseError(response, "its body is not valid JSON", report, new SyntaxError("not valid JSON"));
  }
  return invalidResponseError(response, "its body cannot be read as requested, or a middleware failed", report, cause);
}

function redactInput(input: unknown) {
  return createRedact(() => secretsInBody(input));
}
