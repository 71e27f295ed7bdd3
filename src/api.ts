import createClient, { type Client, type HeadersOptions, type Middleware } from "openapi-fetch";
import { withDeadline } from "./deadline.ts";
import { RolloutConfigError, RolloutError } from "./errors.ts";
import { Exchange, type FetchFunction, rememberExchange } from "./exchange.ts";
import { invalidResponseError } from "./failures.ts";
import {
  checkApiOptions,
  checkFunction,
  checkHeaders,
  checkRetry,
  checkSignal,
  checkText,
  checkTimeout,
  type RetryOptions,
  type RolloutApiOptions,
  type Settings,
} from "./options.ts";
import { OutgoingRequest } from "./outgoing.ts";
import { checkPathParameters } from "./path-parameters.ts";
import { redactCause } from "./redaction.ts";
import { deliver } from "./transport.ts";
import type { ApiResult } from "./unwrap.ts";

/**
 * An openapi-fetch client (`GET`, `POST`, …, `use`, `eject`), so that what is made for openapi-fetch works with it. It
 * resolves to `{ data, error, response }` for every HTTP status but a redirect, and rejects only with a `RolloutError` or
 * the caller's own abort reason. Each call takes `signal`, `timeout` and `retry` beside what openapi-fetch takes.
 */
export type RolloutApi<Paths extends {}> = Client<Paths>;

/** What a call may carry beside the values that openapi-fetch makes the request of. */
interface CallInit {
  signal?: unknown;
  timeout?: number | undefined;
  retry?: RetryOptions | undefined;
  fetch?: FetchFunction | undefined;
  headers?: HeadersOptions | undefined;
  body?: unknown;
  params?: { path?: Record<string, unknown> } | undefined;
  middleware?: readonly Middleware[] | undefined;
  [option: string]: unknown;
}

type Call = (method: string, path: string, init: object) => Promise<ApiResult>;

const METHODS = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"] as const;

/**
 * Makes the `api` half of a client alone, for another document of the Rollout family (CRM, TMS, LOS, email, calendar):
 * the same headers, errors and retries, typed by what openapi-typescript generates from that document.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used
 * @example
 * ```ts
 * import { createRolloutApi, createTokenSigner, unwrap } from "rollout-client";
 * import type { paths } from "./crm.ts";
 *
 * const crm = createRolloutApi<paths>({
 *   token: createTokenSigner().forUser("user_123"),
 *   baseUrl: "https://crm.universal.rollout.com/api",
 *   credentialId: "cred_123",
 * });
 * const people = unwrap(await crm.GET("/people"));
 * ```
 */
export function createRolloutApi<Paths extends {}>(options: RolloutApiOptions): RolloutApi<Paths> {
  return createApi<Paths>(checkApiOptions(options, "createRolloutApi"));
}

/** Makes an `api` of checked settings. */
export function createApi<Paths extends {}>(settings: Settings): RolloutApi<Paths> {
  const client = createClient<Paths>({ baseUrl: settings.baseUrl, headers: settings.headers });
  // The types of a call follow from Paths, and are the business of those who call; here it is a method, a path, an object.
  const request = client.request as unknown as Call;
  let hasMiddleware = false;

  const call = async (method: string, path: string, given?: CallInit | null): Promise<ApiResult> => {
    checkText("method", method);
    checkText("path", path);
    const init = given ?? {};
    const { signal, timeout, retry, fetch } = init;
    const exchange = new Exchange(method.toUpperCase(), path, init.body, {
      signal: checkSignal(signal),
      timeout: checkTimeout(timeout, settings.timeout),
      retry: checkRetry(retry, settings.retry),
      fetch: checkFunction("fetch", fetch),
    });
    checkPathParameters(path, init.params?.path);
    if (init.headers !== undefined) checkHeaders({}, init.headers);
    const seesMiddleware = hasMiddleware || init.middleware !== undefined;
    try {
      const make = (): Promise<ApiResult> =>
        request(method, path, {
          ...init,
          signal: undefined,
          // Middleware is promised a Request; when there is none, nobody sees what stands in for it.
          Request: seesMiddleware ? Request : OutgoingRequest,
          fetch: async (outgoing: Request | OutgoingRequest) =>
            // Not by the global Request, which a framework may have put a class of its own in the place of.
            deliver(
              outgoing instanceof OutgoingRequest ? outgoing : await OutgoingRequest.from(outgoing),
              exchange,
              settings,
            ),
        });
      const result = seesMiddleware ? await withDeadline(exchange.settings.signal, undefined, make) : await make();
      // A middleware that gives another answer in the place of a success does not undo it.
      if (exchange.answer?.ok && result.response !== exchange.answer) exchange.mayHaveSucceeded = true;
      rememberExchange(result.response, exchange);
      return result;
    } catch (cause) {
      throw callError(cause, exchange);
    }
  };

  const api = {
    ...Object.fromEntries(
      METHODS.map((method) => [method, (path: string, init?: CallInit) => call(method, path, init)]),
    ),
    request: call,
    use(...middleware: Middleware[]): void {
      hasMiddleware = true;
      registerMiddleware(() => client.use(...middleware));
    },
    eject(...middleware: Middleware[]): void {
      client.eject(...middleware);
    },
  };
  // Each method passes on what it is given and what comes back: its type is that of the method of openapi-fetch it wraps.
  return api as unknown as RolloutApi<Paths>;
}

function registerMiddleware(register: () => void): void {
  try {
    register();
  } catch {
    throw new RolloutConfigError("middleware", "must be an object with onRequest, onResponse or onError");
  }
}

/** What comes out of a call that failed in the transport or outside it: an error of ours, or the caller's own reason. */
function callError(cause: unknown, exchange: Exchange): unknown {
  const { signal } = exchange.settings;
  if (signal?.aborted) return signal.reason;
  if (cause instanceof RolloutError) return cause;
  // Even where middleware has put an error of its own in its place, which does not say what became of the request.
  if (exchange.failure !== undefined) return exchange.failure;
  if (exchange.answer !== undefined) return answerError(cause, exchange.answer);
  const problem = "could not be made: a serializer or a middleware failed";
  return new RolloutConfigError("request", problem, redactCause(cause, exchange.redact));
}

function answerError(cause: unknown, answer: Response): RolloutError {
  // The message of a SyntaxError quotes what could not be parsed.
  if (cause instanceof SyntaxError)
    return invalidResponseError(answer, "its body is not valid JSON", new SyntaxError("not valid JSON"));
  return invalidResponseError(answer, "its body cannot be read as it should be, or a middleware failed", cause);
}
