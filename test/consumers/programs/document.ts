// The document itself, to start a mock server from in a program's own tests.
import document from "rollout-client/openapi.json" with { type: "json" };

export const operations: readonly string[] = Object.keys(document.paths["/credentials"]);
