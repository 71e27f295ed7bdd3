import type { Client } from "openapi-fetch";

/**
 * What packages for openapi-fetch recognize its client by, and infer the document from.
 *
 * `Client` must be openapi-fetch's own: scripts/lib/declarations.mjs bundles its other types for the declarations.
 */
export interface OpenApiFetchClient<Paths extends {}> {
  /** Calls a TRACE operation. */
  TRACE: Client<Paths>["TRACE"];
}
