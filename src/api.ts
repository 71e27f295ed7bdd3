import type { Middleware } from "openapi-fetch";
import type { RolloutApi } from "./api-types.ts";
import { type Call, type CallInit, createCall } from "./call/call.ts";
import type { Settings } from "./call/settings.ts";
import { RolloutConfigError } from "./errors/classes.ts";
import { checkApiOptions, type RolloutApiOptions } from "./options.ts";

/**
 * Creates only the `api` of a client, for another of Rollout's APIs (CRM, TMS, LOS, email, calendar): the same
 * headers, errors and retries, with the types that openapi-typescript generates from its document.
 *
 * @throws {@link RolloutConfigError} when an option cannot be used
 * @example
 * ```ts
 * import { createRolloutApi, createTokenSigner, unwrap } from "rollout-client";
 * import type { paths } from "./crm.js";
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
  return createApi<Paths>(checkApiOptions(options, "createRolloutApi")).api;
}

/** Creates an `api` from checked settings, and the untyped call that it is built on. */
export function createApi<Paths extends {}>(settings: Settings): { api: RolloutApi<Paths>; call: Call } {
  const registered: Middleware[] = [];
  const call = createCall(settings, registered);
  const api = {
    GET: (path: string, init?: CallInit) => call("GET", path, init),
    PUT: (path: string, init?: CallInit) => call("PUT", path, init),
    POST: (path: string, init?: CallInit) => call("POST", path, init),
    DELETE: (path: string, init?: CallInit) => call("DELETE", path, init),
    OPTIONS: (path: string, init?: CallInit) => call("OPTIONS", path, init),
    HEAD: (path: string, init?: CallInit) => call("HEAD", path, init),
    PATCH: (path: string, init?: CallInit) => call("PATCH", path, init),
    TRACE: (path: string, init?: CallInit) => call("TRACE", path, init),
    request: call,
    use(...middleware: Middleware[]): void {
      registered.push(...middleware.filter(Boolean).map(checkMiddleware));
    },
    eject(...middleware: Middleware[]): void {
      for (const each of middleware) {
        const index = registered.indexOf(each);
        if (index !== -1) registered.splice(index, 1);
      }
    },
  };
  // Each method passes on its arguments and its result, so its type is that of the openapi-fetch method that it wraps.
  return { api: api as object as RolloutApi<Paths>, call };
}

function checkMiddleware(middleware: Middleware): Middleware {
  if (
    typeof middleware === "object" &&
    ("onRequest" in middleware || "onResponse" in middleware || "onError" in middleware)
  ) {
    return middleware;
  }
  throw new RolloutConfigError("middleware", "must be an object with onRequest, onResponse or onError");
}
