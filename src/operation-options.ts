import type { HeadersOptions } from "openapi-fetch";
import type { CallInit } from "./call/call.ts";
import type { CallOptions } from "./call/call-options.ts";
import type { EntityToSync } from "./document-types.ts";
import { checkKeys } from "./errors/checks.ts";
import { RolloutConfigError } from "./errors/classes.ts";
import { isObject } from "./values/json.ts";

/** Options of one call of an operation. */
export interface OperationOptions extends CallOptions {
  /** Headers for this call, merged over those of the client. */
  headers?: HeadersOptions | undefined;
}

const OPERATION_OPTIONS = ["signal", "timeout", "retry", "headers"];

/** Checks the options of an operation for unknown keys. Their values are checked by the call. */
export function checkOperationOptions(options: object, operation: string, ownOptions: readonly string[] = []): void {
  checkKeys(options, [...ownOptions, ...OPERATION_OPTIONS], operation);
}

/** The init of an operation's call. It does not wait after a 409: what that means to these operations is not published. */
export function callInit({ signal, timeout, retry, headers }: OperationOptions): CallInit {
  return { signal, timeout, retry, waitUntilReady: 0, ...(headers === undefined ? {} : { headers }) };
}

/** Checks an input that must be an object with no unknown keys. */
export function checkInput(input: object, keys: readonly string[], operation: string): void {
  if (!isObject(input))
    throw new RolloutConfigError("input", `of ${operation} must be an object with ${keys.join(", ")}`);
  checkKeys(input, keys, operation);
}

/** Checks which entities to sync: an object of booleans. */
export function checkEntitiesToSync(value: { [Entity in EntityToSync]?: boolean | undefined } | undefined): void {
  // JSON.stringify leaves out what is undefined.
  const isChoice = (wanted: unknown) => wanted === undefined || typeof wanted === "boolean";
  if (!isObject(value) || !Object.values(value).every(isChoice))
    throw new RolloutConfigError("entitiesToSync", "must be an object of entities and booleans");
}
