import type { RolloutClient } from "rollout-client";
import type { PeopleSync } from "./rollout/people-sync.ts";
import type { Connections } from "./store/connections.ts";
import type { People } from "./store/people.ts";
import type { Sessions } from "./store/sessions.ts";
import type { SyncChoices } from "./store/sync-choices.ts";

/** What the routes work with. */
export interface Services {
  sessions: Sessions;
  connections: Connections;
  choices: SyncChoices;
  people: People;
  peopleSync: PeopleSync;
  /** The client of one user. */
  rolloutFor: (userId: string) => RolloutClient;
  signToken: (userId: string) => Promise<string>;
}

/** What each request carries through Hono. */
export interface Environment {
  Variables: { userId: string };
}
