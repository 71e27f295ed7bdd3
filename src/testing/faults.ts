import { NULL_BODY_STATUSES } from "../values.ts";
import { errorResponse, type Operation, textResponse } from "./http.ts";

/** An operation that every mock knows, as {@link MockFault} names it. Those of `collections` are named alike. */
export type MockOperation =
  | "POST /credentials"
  | "GET /credentials"
  | "PUT /credentials/{credentialId}"
  | "DELETE /credentials"
  | "GET /connectors"
  | "POST /oauth/authorize-url"
  | "GET /webhooks"
  | "POST /webhooks"
  | "PUT /webhooks/{id}"
  | "DELETE /webhooks/{id}";

/** A failure for {@link RolloutMock.failNext}. */
export interface MockFault {
  /**
   * Which request fails: an operation, such as `"POST /credentials"`, `"PUT /credentials/{credentialId}"` or
   * `"GET /people"` of the mock's `collections`, a path of its own, such as `"GET /people/person_1"`, or `"otp"` for the
   * socket of a one-time password. @default any request; not the socket
   */
  readonly on?: MockOperation | "otp" | (string & {}) | undefined;
  /**
   * How it fails.
   *
   * - `"status"`: with the response that `status`, `headers` and `body` describe
   * - `"refused"`: the connection is never made (`ECONNREFUSED`)
   * - `"reset"`: the connection is lost before a response arrives (`ECONNRESET`)
   * - `"hang"`: no response arrives until the caller's `signal` aborts
   * - `"cut"`: the connection is lost in the middle of the response's body
   *
   * For `on: "otp"`, `"status"` and `"refused"` fail the handshake; `"reset"` and `"cut"` close the socket when a code
   * arrives; `"hang"` leaves every code without a result.
   */
  readonly fault: "status" | "refused" | "reset" | "hang" | "cut";
  /** The status of `"status"` and `"cut"`, from 200 to 599. @default 500 for `"status"`, 200 for `"cut"` */
  readonly status?: number | undefined;
  /** Headers of that response, such as `{ "Retry-After": "30" }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Its body: a string as it is, anything else as JSON.
   * @default `{ errors: [{ message }] }`, or `{ errorMessage }` for the operations on `collections` and webhooks
   */
  readonly body?: unknown;
  /**
   * Whether the request takes effect before it fails: a credential is created, but the caller does not learn of it. @default false
   */
  readonly acted?: boolean | undefined;
}

const FAULT_NAMES: readonly string[] = ["status", "refused", "reset", "hang", "cut"] satisfies MockFault["fault"][];
const FAULT_OPTIONS = ["on", "fault", "status", "headers", "body", "acted"] satisfies (keyof MockFault)[];

/** Refuses options that do not exist: a misspelled one would be ignored silently. */
export function checkOptions(options: unknown, known: readonly string[], functionName: string): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${functionName} takes an object of options`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${functionName}: there is no option "${unknown}"; there are ${known.join(", ")}`);
}

/** The faults that wait for a request, in the order of the calls of `failNext`. */
export class FaultQueue {
  readonly #waiting: MockFault[] = [];

  add(fault: MockFault): void {
    checkOptions(fault, FAULT_OPTIONS, "failNext");
    if (!FAULT_NAMES.includes(fault.fault)) {
      throw new TypeError(`failNext: \`fault\` must be one of ${FAULT_NAMES.join(", ")}`);
    }
    const { status, on, acted } = fault;
    const isRefused = fault.fault === "refused" || (fault.fault === "status" && on === "otp");
    if (isRefused && acted === true) {
      throw new TypeError("failNext: a refused connection carries no request, so it cannot have `acted`");
    }
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new TypeError("failNext: `status` must be a whole number from 200 to 599");
    }
    if (fault.fault === "cut" && status !== undefined && NULL_BODY_STATUSES.includes(status)) {
      throw new TypeError(`failNext: a ${status} has no body that could be cut`);
    }
    this.#waiting.push(fault);
  }

  /** Takes the first fault whose `on` fits. */
  take(isTarget: (on: string | undefined) => boolean): MockFault | undefined {
    const index = this.#waiting.findIndex(({ on }) => isTarget(on));
    return index === -1 ? undefined : this.#waiting.splice(index, 1)[0];
  }
}

/** Fails as the fault says. `acted` is the response that the caller does not see; `refuse` makes an error of the API. */
export async function failWith(
  fault: MockFault,
  acted: Response | undefined,
  signal: AbortSignal | undefined,
  refuse: Operation["refuse"] = errorResponse,
): Promise<Response> {
  switch (fault.fault) {
    case "status":
      return faultResponse(fault, refuse);
    case "refused":
      throw connectionError("connect", "ECONNREFUSED");
    case "reset":
      throw connectionError("read", "ECONNRESET");
    case "hang":
      return untilAborted(signal);
    case "cut":
      return cutResponse(fault, await acted?.text());
  }
}

function faultResponse({ status = 500, headers = {}, body }: MockFault, refuse: Operation["refuse"]): Response {
  if (body === undefined) {
    const response = refuse(status, `The mock fails with ${status}, because of failNext.`);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  }
  return textResponse(bodyText(body), status, { "Content-Type": "application/json", ...headers });
}

function cutResponse({ status = 200, headers = {}, body }: MockFault, actedBody = '{"id":"cred'): Response {
  const text = body === undefined ? actedBody : bodyText(body);
  const firstHalf = new TextEncoder().encode(text.slice(0, Math.ceil(text.length / 2)));
  const chunks = [firstHalf];
  const cut = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(connectionError("read", "ECONNRESET"));
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
  return textResponse(cut, status, { "Content-Type": "application/json", ...headers });
}

function bodyText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** An error in the form of those that Node's `fetch` rejects with. */
function connectionError(syscall: string, code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }) });
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
