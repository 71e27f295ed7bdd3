import type { Database } from "node-sqlite3-wasm";
import { isWebhookEvent, type WebhookEvent } from "rollout-client";
import type { Person } from "../rollout/crm.ts";

/** How far the copy of an account's people is. */
export interface Progress {
  state: "reading" | "done" | "failed";
  count: number;
  /** The first ones by name. */
  names: string[];
}

const SHOWN_NAMES = 12;

/** The people of the connected accounts, and the events about them. */
export class People {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `undefined` for an account whose people were never read. */
  progress(userId: string, credentialId: string): Progress | undefined {
    const sync = this.#database.get("SELECT state FROM syncs WHERE credential_id = ? AND user_id = ?", [
      credentialId,
      userId,
    ]);
    if (sync === null || sync === undefined) return undefined;
    const count = this.#database.get("SELECT COUNT(*) AS count FROM people WHERE credential_id = ?", credentialId);
    const named = this.#database.all(
      "SELECT name FROM people WHERE credential_id = ? AND name <> '' ORDER BY name LIMIT ?",
      [credentialId, SHOWN_NAMES],
    );
    const state = sync.state === "done" || sync.state === "failed" ? sync.state : "reading";
    return { state, count: Number(count?.count), names: named.map(({ name }) => String(name)) };
  }

  begin(userId: string, credentialId: string): void {
    this.#database.run("INSERT OR REPLACE INTO syncs VALUES (?, ?, 'reading')", [credentialId, userId]);
  }

  fail(credentialId: string): void {
    this.#database.run("UPDATE syncs SET state = 'failed' WHERE credential_id = ?", credentialId);
  }

  /** All people were read: who was not among them is gone. */
  finish(credentialId: string, startedAt: number): void {
    this.#database.run("DELETE FROM people WHERE credential_id = ? AND read_at < ?", [credentialId, startedAt]);
    this.#database.run("UPDATE syncs SET state = 'done' WHERE credential_id = ?", credentialId);
  }

  save(credentialId: string, people: readonly Person[]): void {
    // Not after the account was disconnected.
    if (this.userOf(credentialId) === undefined) return;
    this.#database.run(
      `INSERT OR REPLACE INTO people
       SELECT ?, person.value ->> 'id', coalesce(person.value ->> 'name', ''), ? FROM json_each(?) AS person`,
      [credentialId, Date.now(), JSON.stringify(people)],
    );
  }

  delete(credentialId: string, ids: readonly string[]): void {
    for (const id of ids) {
      this.#database.run("DELETE FROM people WHERE credential_id = ? AND id = ?", [credentialId, id]);
    }
  }

  /** The account is disconnected. */
  forget(credentialId: string): void {
    for (const table of ["people", "syncs", "events"]) {
      this.#database.run(`DELETE FROM ${table} WHERE credential_id = ?`, credentialId);
    }
  }

  userOf(credentialId: string): string | undefined {
    const row = this.#database.get("SELECT user_id FROM syncs WHERE credential_id = ?", credentialId);
    return typeof row?.user_id === "string" ? row.user_id : undefined;
  }

  unfinished(): { userId: string; credentialId: string }[] {
    const rows = this.#database.all("SELECT user_id, credential_id FROM syncs WHERE state = 'reading'");
    return rows.map((row) => ({ userId: String(row.user_id), credentialId: String(row.credential_id) }));
  }

  /** Whether the event is new. */
  saveEventOnce(credentialId: string, event: WebhookEvent): boolean {
    const { changes } = this.#database.run("INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [
      credentialId,
      event.eventId,
      JSON.stringify(event),
    ]);
    return changes > 0;
  }

  /** Its id stays, because Rollout may deliver it again. */
  eventHandled(credentialId: string, eventId: string): void {
    this.#database.run("UPDATE events SET event = NULL WHERE credential_id = ? AND event_id = ?", [
      credentialId,
      eventId,
    ]);
  }

  unhandledEvents(): { credentialId: string; event: WebhookEvent }[] {
    const rows = this.#database.all("SELECT credential_id, event FROM events WHERE event IS NOT NULL");
    return rows.flatMap((row) => {
      const event: unknown = JSON.parse(String(row.event));
      return isWebhookEvent(event) ? [{ credentialId: String(row.credential_id), event }] : [];
    });
  }
}
