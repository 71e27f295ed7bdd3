import {
  discardBody,
  isRedirect,
  isResponse,
  readBody,
  replayError,
  replaySuccess,
  UnreadableAnswer,
} from "./answer.ts";
import { attemptFailure } from "./connection.ts";
import { type Deadline, DeadlineExceeded, pause, withDeadline } from "./deadline.ts";
import { RolloutConfigError, RolloutError } from "./errors.ts";
import { type Exchange, type FetchFunction, rememberExchange } from "./exchange.ts";
import { invalidResponseError, networkError, redirectError } from "./failures.ts";
import { logAttempt } from "./log.ts";
import type { Settings } from "./options.ts";
import type { OutgoingRequest } from "./outgoing.ts";
import { redactCause } from "./redaction.ts";
import { type AttemptFailure, parseRetryAfter, retryDelay } from "./retry.ts";

const LONGEST_ERROR = 256 * 1024;

/** When, and with what token, a request is sent again. */
interface Repetition {
  readonly wait: number;
  readonly refresh: boolean;
}

/** What an attempt came to, and how its log line calls it. */
type Outcome = { readonly result: number | string } & (
  | { readonly answer: Response }
  | { readonly error: RolloutError }
  | { readonly again: Repetition }
);

/** How far an attempt got. */
interface Progress {
  sent: boolean;
  response: Response | undefined;
}

/** Sends a request, as often as it takes and is allowed, until there is an answer to hand on or an error to throw. */
export async function deliver(request: OutgoingRequest, exchange: Exchange, settings: Settings): Promise<Response> {
  if (!request.url.startsWith(`${settings.origin}/`)) {
    throw new RolloutConfigError("baseUrl", "must keep its origin for every call: the token is meant for no other");
  }
  exchange.method = request.method;
  exchange.body = request.text;
  try {
    exchange.answer = await new Delivery(request, exchange, settings).run();
    return exchange.answer;
  } catch (failure) {
    exchange.failure = failure;
    if (failure instanceof RolloutError && failure.mayHaveSucceeded) exchange.mayHaveSucceeded = true;
    throw failure;
  }
}

class Delivery {
  readonly #request: OutgoingRequest;
  readonly #exchange: Exchange;
  readonly #settings: Settings;
  #retries = 0;
  #refresh = false;
  #refreshable: boolean;

  constructor(request: OutgoingRequest, exchange: Exchange, settings: Settings) {
    this.#request = request;
    this.#exchange = exchange;
    this.#settings = settings;
    this.#refreshable = settings.bearer.refreshable && request.resendable;
  }

  get #fetch(): FetchFunction | undefined {
    return this.#exchange.settings.fetch ?? this.#settings.fetch;
  }

  async run(): Promise<Response> {
    for (;;) {
      const began = performance.now();
      const outcome = await this.#attempt();
      const wait = "again" in outcome ? outcome.again.wait : undefined;
      logAttempt(this.#settings.logger, this.#exchange, { result: outcome.result, wait, began });
      if ("answer" in outcome) return outcome.answer;
      if ("error" in outcome) throw outcome.error;
      this.#refresh = outcome.again.refresh;
      if (outcome.again.refresh) this.#refreshable = false;
      else this.#retries += 1;
      await pause(outcome.again.wait, this.#exchange.settings.signal);
    }
  }

  async #attempt(): Promise<Outcome> {
    const { signal, timeout } = this.#exchange.settings;
    const progress: Progress = { sent: false, response: undefined };
    try {
      return await withDeadline(signal, timeout, (deadline) => this.#send(deadline, progress));
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      return this.#failed(cause, progress);
    }
  }

  async #send(deadline: Deadline, progress: Progress): Promise<Outcome> {
    const token = await this.#token();
    if (deadline.ended) throw new DeadlineExceeded();
    const send = this.#prepare(token);
    this.#exchange.attempts += 1;
    progress.sent = true;
    const response = await send(deadline);
    if (deadline.ended) {
      // From a `fetch` that does not listen to its signal.
      discardBody(response);
      throw new DeadlineExceeded();
    }
    if (!isResponse(response)) throw new UnreadableAnswer("fetch gave something that is not a Response");
    progress.response = response;
    rememberExchange(response, this.#exchange);
    if (isRedirect(response)) {
      discardBody(response);
      return { result: "redirected", error: redirectError(response, this.#request.url) };
    }
    const again = response.ok ? undefined : this.#decide(statusFailure(response));
    if (again !== undefined) {
      discardBody(response);
      return { result: response.status, again };
    }
    const { maxAnswerBytes } = this.#settings;
    // An error is searched for secrets, which takes its time.
    const limit = response.ok ? maxAnswerBytes : Math.min(maxAnswerBytes, LONGEST_ERROR);
    const body = await readBody(response, limit, (stop) => {
      deadline.onEnd = stop;
    });
    return { result: response.status, answer: this.#replay(response, body) };
  }

  #failed(cause: unknown, progress: Progress): Outcome {
    try {
      return this.#judged(cause, progress);
    } catch {
      // Even to look at what a fetch has thrown may throw.
      const failure: AttemptFailure = { kind: progress.sent ? "lost" : "unsent" };
      return { result: "network", error: networkError(this.#exchange, failure, cause) };
    }
  }

  #judged(cause: unknown, { sent, response }: Progress): Outcome {
    if (cause instanceof RolloutError) return { result: cause.code, error: cause };
    if (response !== undefined && !response.ok) {
      // The status says what happened, whatever became of the body.
      this.#exchange.bodyFailure = redactCause(cause, this.#exchange.redact);
      return { result: response.status, answer: this.#replay(response, null) };
    }
    const failure = attemptFailure(cause, sent, response !== undefined, this.#fetch === undefined);
    // Perhaps it was the token that did not come: the next call is not to wait for the same.
    if (failure.kind === "timeout" && !sent) this.#settings.bearer.forgetRefresh();
    const again = this.#decide(failure);
    if (again !== undefined) return { result: failure.kind === "timeout" ? "timeout" : "network", again };
    const error =
      failure.kind === "unreadable" && response !== undefined
        ? invalidResponseError(response, "its body cannot be read", cause)
        : networkError(this.#exchange, failure, cause);
    return { result: error.code, error };
  }

  #decide(failure: AttemptFailure): Repetition | undefined {
    if (failure.kind === "status" && failure.status === 401) {
      return this.#refreshable ? { wait: 0, refresh: true } : undefined;
    }
    if (!this.#request.resendable) return undefined;
    const { method, settings } = this.#exchange;
    const wait = retryDelay(method, failure, this.#retries, settings.retry);
    if (wait === undefined) return undefined;
    this.#exchange.noteRepetition(failure);
    return { wait, refresh: false };
  }

  async #token(): Promise<string> {
    try {
      const token = await this.#settings.bearer.token(this.#refresh);
      this.#exchange.addToken(token);
      return token;
    } catch (cause) {
      const { redact, mayHaveSucceeded } = this.#exchange;
      if (!(cause instanceof RolloutConfigError)) {
        const problem = "could not be had: its function failed";
        throw new RolloutConfigError("token", problem, redactCause(cause, redact), mayHaveSucceeded);
      }
      if (!mayHaveSucceeded) throw cause;
      const { option, message } = cause;
      throw new RolloutConfigError(option, message.slice(option.length + 1), cause.cause, mayHaveSucceeded);
    }
  }

  #prepare(token: string): (end: Deadline) => Promise<Response> {
    try {
      return this.#request.prepare(token, this.#fetch);
    } catch (cause) {
      const { redact, mayHaveSucceeded } = this.#exchange;
      throw new RolloutConfigError("request", "cannot be built", redactCause(cause, redact), mayHaveSucceeded);
    }
  }

  #replay(response: Response, body: Uint8Array<ArrayBuffer> | null): Response {
    return response.ok ? replaySuccess(response, body) : replayError(response, body, this.#exchange.redact);
  }
}

function statusFailure(response: Response): AttemptFailure {
  const retryAfter = parseRetryAfter(response.headers.get("retry-after"));
  return { kind: "status", status: response.status, retryAfter };
}
