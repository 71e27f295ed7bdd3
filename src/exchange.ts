import type { CallContext } from "./errors.ts";
import { parseJson } from "./json.ts";
import { isIdempotent, isSafe } from "./methods.ts";
import { createRedact, type Redact, userInputValues } from "./redaction.ts";
import { type AttemptFailure, mayHaveActed, type RetryPolicy } from "./retry.ts";
import { stamped, stampOf } from "./stamp.ts";

/** What a caller may set for one call. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds that one attempt may take, to the last byte of its answer. */
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly fetch: FetchFunction | undefined;
}

/** A `fetch` that is given a `Request`, and the signal that ends it. */
export type FetchFunction = (request: Request, init: { signal: AbortSignal }) => Promise<Response>;

/** One call of an operation, from its settings to its outcome: what the rooms of the house hand on. */
export class Exchange implements CallContext {
  /** The method asked for, and once there is a request that of the request, which middleware may have changed. */
  method: string;
  readonly path: string;
  readonly settings: CallSettings;
  attempts = 0;
  mayHaveSucceeded = false;
  /** Why the body of an answer that is an error anyway could not be read, without the secrets of the call. */
  bodyFailure: Error | undefined;
  /** The request body as it is sent, where it is text. */
  body: string | undefined;
  /** The answer that the transport handed on. */
  answer: Response | undefined;
  /** What the transport threw in the place of an answer. */
  failure: unknown;
  readonly #input: unknown;
  readonly #tokens: string[] = [];
  #redact: Redact | undefined;

  constructor(method: string, path: string, input: unknown, settings: CallSettings) {
    this.#input = input;
    this.method = method;
    this.path = path;
    this.settings = settings;
  }

  /** Remembers a token as a secret of this call. */
  addToken(token: string): void {
    this.#tokens.push(token);
    this.#redact = undefined;
  }

  /** The request is about to be sent again after this failure. */
  noteRepetition(failure: AttemptFailure): void {
    // If the first time did it, the last answer may not say so. POST and PATCH only come here when it did not, whatever the status.
    const mayChange = isIdempotent(this.method) && !isSafe(this.method);
    if (mayChange && mayHaveActed(failure)) this.mayHaveSucceeded = true;
  }

  /** Takes the tokens and the request body of this call out of a text. */
  get redact(): Redact {
    this.#redact ??= createRedact([
      ...this.#tokens,
      ...userInputValues(this.#input),
      ...(this.body === undefined ? [] : [this.body, ...userInputValues(parseJson(this.body))]),
    ]);
    return this.#redact;
  }
}

/** Notes which exchange an answer belongs to, for the errors that are made of it later. */
export function rememberExchange(response: Response, exchange: Exchange): void {
  stamped(response).exchange = exchange;
}

/** What an error tells of the exchange behind it. */
export type KnownExchange = CallContext & Pick<Exchange, "bodyFailure" | "redact">;

const UNKNOWN_EXCHANGE: KnownExchange = {
  method: "(unknown method)",
  path: "(unknown path)",
  attempts: 1,
  mayHaveSucceeded: false,
  bodyFailure: undefined,
  redact: (text) => text,
};

/** The exchange that an answer came from, which for an answer from elsewhere is not known. */
export function exchangeOf(response: Response): KnownExchange {
  return stampOf(response)?.exchange ?? UNKNOWN_EXCHANGE;
}
