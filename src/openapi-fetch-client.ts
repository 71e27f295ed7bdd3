import type { Client } from "openapi-fetch";

// scripts/build.mjs bundles openapi-fetch's types, so that declarations emitted by users can name them, but not those of this file.

/** The type by which packages for openapi-fetch recognize its client, and from which they infer the document. */
export type TraceMethod<Paths extends {}> = Client<Paths>["TRACE"];
