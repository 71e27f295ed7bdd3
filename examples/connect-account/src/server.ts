import { once } from "node:events";
import { createAdaptorServer } from "@hono/node-server";
import { createRateLimiter, createRolloutApi, createRolloutClient, createTokenSigner } from "rollout-client";
import { WebSocket } from "ws";
import { createApp } from "./app.ts";
import type { paths } from "./rollout/crm.ts";
import { PeopleSync } from "./rollout/people-sync.ts";
import { Connections } from "./store/connections.ts";
import { openDatabase } from "./store/database.ts";
import { People } from "./store/people.ts";
import { Sessions } from "./store/sessions.ts";
import { SyncChoices } from "./store/sync-choices.ts";

export interface Settings {
  /** Of the Universal API. */
  baseUrl: string;
  crmBaseUrl: string;
  /** Where Rollout can reach this application with webhooks. */
  publicUrl?: string | undefined;
  /** Where they are missing, the signer reads ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET from the environment. */
  clientId?: string;
  clientSecret?: string;
  databaseFile: string;
  /** 0 chooses a free one. */
  port: number;
}

/** Starts the application on a port of 127.0.0.1. */
export async function startServer({
  baseUrl,
  crmBaseUrl,
  publicUrl,
  clientId,
  clientSecret,
  databaseFile,
  port,
}: Settings) {
  const signer = createTokenSigner({ clientId, clientSecret });
  // One for all users: Rollout's limit is for their requests together.
  const rateLimiter = createRateLimiter();
  const database = openDatabase(databaseFile);
  const people = new People(database);
  const peopleSync = new PeopleSync({
    people,
    publicUrl,
    clientSecret,
    crmFor: (userId, credentialId) =>
      createRolloutApi<paths>({
        token: signer.forUser(userId),
        baseUrl: crmBaseUrl,
        credentialId,
        // Behind the calls that somebody waits for in a page.
        rateLimiter: rateLimiter.background,
      }),
  });
  peopleSync.resume();
  const app = createApp({
    people,
    peopleSync,
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
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
      await peopleSync.stop();
      database.close();
    },
  };
}
