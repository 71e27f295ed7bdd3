import type { TransportFailure } from "../errors/attempt-failure.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { classify } from "./classify.ts";
import { withDeadline } from "./deadline.ts";
import type { FetchFunction, FetchInit } from "./fetch-function.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";
import { checkUtf8, discardBody, isRedirect, type ReceivedResponse, readBody, receive } from "./response-body.ts";

/** What one attempt needs in addition to the request. */
export interface AttemptOptions {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly fetch: FetchFunction | undefined;
  readonly maxResponseBytes: number;
  /** Whether the body of a success must be UTF-8. */
  readonly isText: boolean;
  /** Gets the token of this attempt. */
  readonly token: () => Promise<string>;
}

/** The outcome of an attempt. */
export type Attempt =
  | {
      readonly kind: "response";
      readonly response: ReceivedResponse;
      /** The body. `null` if there is none, if it is not needed, or if the body of an error cannot be read. */
      readonly bytes: Uint8Array<ArrayBuffer> | null;
      /** Why the body of an error cannot be read. */
      readonly bodyFailure?: unknown;
    }
  | {
      readonly kind: "failure";
      readonly failure: TransportFailure;
      readonly thrown: unknown;
      /** Whether `fetch` was called. */
      readonly sent: boolean;
      /** The head of a success whose body cannot be read. */
      readonly response: ReceivedResponse | undefined;
    };

// The body of an error is searched for secrets, which takes time.
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * Makes one attempt within its deadline: gets the token, calls `fetch`, reads the body to its last byte. Throws only the
 * caller's abort reason, and a {@link RolloutConfigError} if there is no token.
 */
export async function attempt(request: OutgoingRequest, options: AttemptOptions): Promise<Attempt> {
  let sent = false;
  let response: ReceivedResponse | undefined;
  try {
    return await withDeadline<Attempt>(options.signal, options.timeout, async (signal) => {
      const init = initOf(request, await options.token(), signal);
      signal.throwIfAborted();
      sent = true;
      const received = receive(await (options.fetch ?? globalThis.fetch)(request.url, init));
      if (signal.aborted) discardBody(received);
      signal.throwIfAborted();
      response = received;
      if (isRedirect(received)) {
        discardBody(received);
        return { kind: "response", response, bytes: null };
      }
      const limit = received.ok ? options.maxResponseBytes : Math.min(options.maxResponseBytes, MAX_ERROR_BYTES);
      const bytes = await readBody(received, limit, signal);
      if (received.ok && options.isText) checkUtf8(bytes);
      return { kind: "response", response, bytes };
    });
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    // What `fetch` throws is not inspected here: its getters may throw too.
    if (!sent && thrown instanceof RolloutConfigError) throw thrown;
    // The status says what happened, even if the body was lost.
    if (response !== undefined && !response.ok) return { kind: "response", response, bytes: null, bodyFailure: thrown };
    const responded = response !== undefined;
    const failure = classify({ thrown, sent, responded, platformFetch: options.fetch === undefined });
    return { kind: "failure", failure, thrown, sent, response };
  }
}

function initOf(request: OutgoingRequest, token: string, signal: AbortSignal): FetchInit {
  const { method, headers, body } = request;
  headers.set("Authorization", `Bearer ${token}`);
  const init: FetchInit = { ...request.init, method, headers, redirect: "manual", signal };
  if (body !== undefined) init.body = body;
  return init;
}
