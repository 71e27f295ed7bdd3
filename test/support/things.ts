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
export interface ThingCall {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly retry?: RetryOptions;
}

/** The options of a client. The base URL may be left out where nothing is sent. */
export type ThingOptions = Omit<RolloutClientOptions, "webSocket">;

/** Calls `/things`, with {@link thing} as the body where the method has one, and unwraps the result. */
export async function callThings(options: ThingOptions, method: Method, call: ThingCall = {}): Promise<unknown> {
  const api = createRolloutApi<ThingPaths>({ ...options, baseUrl: options.baseUrl ?? "https://rollout.test/api" });
  switch (method) {
    case "GET":
      return unwrap(await api.GET("/things", { ...call }));
    case "HEAD":
      return unwrap(await api.HEAD("/things", { ...call }));
    case "DELETE":
      return unwrap(await api.DELETE("/things", { ...call }));
    case "PUT":
      return unwrap(await api.PUT("/things", { ...call, body: thing }));
    case "POST":
      return unwrap(await api.POST("/things", { ...call, body: thing }));
    case "PATCH":
      return unwrap(await api.PATCH("/things", { ...call, body: thing }));
  }
}

/** The body that {@link callThings} sends. */
export function bodyOf(method: Method): string {
  return method === "PUT" || method === "POST" || method === "PATCH" ? JSON.stringify(thing) : "";
}
