import { serve } from "@hono/node-server";
import { createRolloutClient, createTokenSigner } from "rollout-client";
import { WebSocket } from "ws";
import { createApp } from "./app.ts";

// Reads ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET from the environment.
const signer = createTokenSigner();

const app = createApp({
  signToken: (userId) => signer.sign(userId),
  // Created for each use: a client is cheap, and its token belongs to one user.
  rolloutFor: (userId) =>
    createRolloutClient({
      token: signer.forUser(userId),
      baseUrl: process.env.ROLLOUT_BASE_URL,
      // Node 20 has no WebSocket of its own; from Node 22 on this line can go.
      webSocket: WebSocket,
    }),
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT ?? 0) }, ({ port }) =>
  console.log(`Connect an account at http://127.0.0.1:${port}`),
);
