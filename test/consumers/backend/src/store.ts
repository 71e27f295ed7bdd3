import sqlite from "node-sqlite3-wasm";
import type { WebhookEvent } from "rollout-client";

/** A connected account of a user. */
export interface Account {
  readonly userId: string;
  readonly credentialId: string;
  readonly appKey: string;
}

/** What the backend keeps, in a file. */
export function openStore(file: string) {
  const database = new sqlite.Database(file);
  database.exec(`
    CREATE TABLE IF NOT EXISTS accounts (credential_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, app_key TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS events (event_id TEXT PRIMARY KEY, credential_id TEXT NOT NULL, event TEXT NOT NULL);
  `);
  return {
    /** Adds an account. Returns whether it is new. */
    addAccount({ userId, credentialId, appKey }: Account): boolean {
      const { changes } = database.run("INSERT OR IGNORE INTO accounts VALUES (?, ?, ?)", [
        credentialId,
        userId,
        appKey,
      ]);
      return changes > 0;
    },
    accounts: (): Account[] =>
      database.all("SELECT * FROM accounts").map(({ user_id, credential_id, app_key }) => ({
        userId: String(user_id),
        credentialId: String(credential_id),
        appKey: String(app_key),
      })),
    /** Adds an event, once however often it is delivered. */
    addEvent(credentialId: string, { eventId, event }: WebhookEvent): void {
      database.run("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", [eventId, credentialId, event]);
    },
    eventsOf: (credentialId: string): string[] =>
      database
        .all("SELECT event FROM events WHERE credential_id = ?", [credentialId])
        .map(({ event }) => String(event)),
    close: (): void => database.close(),
  };
}

export type Store = ReturnType<typeof openStore>;
