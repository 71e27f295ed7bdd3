// Node, Bun and Deno: a program of its own. Its argument describes the runtime, and it prints the results.
import { createRequire } from "node:module";
import process from "node:process";
import * as client from "rollout-client";
import { equal } from "../checks/assert.mjs";
import { runSuite } from "../suite.mjs";

/** @typedef {import("../suite.mjs").Surroundings} Surroundings */

const surroundings = /** @type {Surroundings} */ (JSON.parse(process.argv[2] ?? ""));
const webSocket = surroundings.traits.hasWebSocket ? undefined : (await import("ws")).WebSocket;
const results = await runSuite(
  { ...surroundings, client, webSocket },
  {
    "a CommonJS module gets the same module by require"() {
      equal(createRequire(import.meta.url)("rollout-client").createRolloutClient === client.createRolloutClient, true);
    },
  },
);
console.log(JSON.stringify(results));
