import type { RolloutClient } from "rollout-client";
import type { Connections } from "./store/connections.ts";
import type { Sessions } from "./store/sessions.ts";
import type { SyncChoices } from "./store/sync-choices.ts";

/** What the routes work with. */
export interface Services {
  sessions: Sessions;
  connections: Connections;
  choices: SyncChoices;
  /** The client of one user. */
  rolloutFor: (userId: string) => RolloutClient;
  signToken: (userId: string) => Promise<string>;
}

/** What each request carries through Hono. */
export interface Environment {
  Variables: { userId: string };
}
