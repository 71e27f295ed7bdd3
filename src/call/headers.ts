import { type HeadersOptions, mergeHeaders } from "openapi-fetch";
import { RolloutConfigError } from "../errors/classes.ts";

/** Merges headers as every call will, and rejects what `fetch` would, without showing any value. */
export function checkHeaders(defaults: HeadersOptions, headers: HeadersOptions | undefined): Headers {
  const problem = "must be an object of names and values that an HTTP header can have";
  // Of a list of pairs, mergeHeaders would make headers named 0 and 1; of a string, nothing.
  if (typeof (headers ?? {}) !== "object" || Array.isArray(headers)) throw new RolloutConfigError("headers", problem);
  const merged = merge(defaults, headers, problem);
  if (merged.has("authorization")) throw new RolloutConfigError("headers", "must not set Authorization: use `token`");
  return merged;
}

function merge(defaults: HeadersOptions, headers: HeadersOptions | undefined, problem: string): Headers {
  try {
    return mergeHeaders(defaults, headers);
  } catch {
    throw new RolloutConfigError("headers", problem);
  }
}
