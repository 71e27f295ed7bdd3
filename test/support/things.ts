import { createRolloutApi, type RetryOptions, type RolloutClientOptions, unwrap } from "rollout-client";

/** An operation that takes and returns any JSON. */
interface ThingOperation {
  parameters: { query?: never; header?: never; path?: never; cookie?: never };
  requestBody?: { content: { "application/json": unknown } };
  responses: { 200: { headers: Record<string, string>; content: { "application/json": unknown } } };
}

/** A document of the tests' own, with an operation for every method: the API's has no more than a POST. */
export interface ThingPaths {
  "/things": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: ThingOperation;
    head: ThingOperation;
    put: ThingOperation;
    delete: ThingOperation;
    post: ThingOperation;
    patch: ThingOperation;
  };
}

export const methods = ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"] as const;
export type Method = (typeof methods)[number];

export const thing = { name: "a thing", size: 3 };

/** What a call may be given beside its method. */
interface ThingCall {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly retry?: RetryOptions;
  readonly waitUntilReady?: number | undefined;
}

/** The options of a client. The base URL may be left out where nothing is sent. */
export type ThingOptions = Omit<RolloutClientOptions, "webSocket">;

/** Calls `/things`, with {@link thing} as the body where the method has one, and unwraps the result. */
export async function callThings(options: ThingOptions, method: Method, call: ThingCall = {}): Promise<unknown> {
  const api = createRolloutApi<ThingPaths>({ ...options, baseUrl: options.baseUrl ?? "https://rollout.test/api" });
  const init = bodyOf(method) === "" ? call : { ...call, body: thing };
  return unwrap(await Reflect.apply(api[method], undefined, ["/things", init]));
}

/** The body that {@link callThings} sends. */
export function bodyOf(method: Method): string {
  return method === "PUT" || method === "POST" || method === "PATCH" ? JSON.stringify(thing) : "";
}
