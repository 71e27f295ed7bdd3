import { serve } from "@hono/node-server";
import { createRateLimiter, createRolloutClient, createTokenSigner } from "rollout-client";
import { WebSocket } from "ws";
import { createApp } from "./app.ts";
import { Connections } from "./store/connections.ts";
import { openDatabase } from "./store/database.ts";
import { Sessions } from "./store/sessions.ts";
import { SyncChoices } from "./store/sync-choices.ts";

const { ROLLOUT_BASE_URL: baseUrl = "https://universal.rollout.com/api", DATABASE_FILE, PORT } = process.env;
const database = openDatabase(DATABASE_FILE ?? "connect-account.sqlite");

// Reads ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET from the environment.
const signer = createTokenSigner();

// One for the process: the limit of Rollout counts for the requests of all users together.
const rateLimiter = createRateLimiter();

const app = createApp({
  sessions: new Sessions(database),
  connections: new Connections(database),
  choices: new SyncChoices(database),
  signToken: (userId) => signer.sign(userId),
  // Created for each use: a client is cheap, and its token belongs to one user.
  rolloutFor: (userId) =>
    createRolloutClient({
      token: signer.forUser(userId),
      baseUrl,
      rateLimiter,
      // Node 20 has no WebSocket of its own; from Node 22 on this line can go.
      webSocket: WebSocket,
    }),
  apiOrigin: new URL(baseUrl).origin,
});

const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT ?? 0) }, ({ port }) =>
  console.log(`Connect an account at http://127.0.0.1:${port}`),
);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close();
    database.close();
    process.exit();
  });
}
