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
    const selected = "SELECT state FROM people_syncs WHERE credential_id = ? AND user_id = ?";
    const sync = this.#database.get(selected, [credentialId, userId]);
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
    const values = [credentialId, userId, Date.now()];
    this.#database.run("INSERT OR REPLACE INTO people_syncs VALUES (?, ?, 'reading', ?, NULL)", values);
  }

  fail(credentialId: string): void {
    this.#database.run("UPDATE people_syncs SET state = 'failed' WHERE credential_id = ?", credentialId);
  }

  /** Where the next page begins; `undefined` for the first one. */
  cursor(credentialId: string): string | undefined {
    const row = this.#database.get("SELECT next FROM people_syncs WHERE credential_id = ?", credentialId);
    return typeof row?.next === "string" ? row.next : undefined;
  }

  /** After the people of the page before it: a process that is killed between the two reads that page again. */
  saveCursor(credentialId: string, next: string | null): void {
    this.#database.run("UPDATE people_syncs SET next = ? WHERE credential_id = ?", [next, credentialId]);
  }

  /** All people were read: who was not among them is gone. */
  finish(credentialId: string): void {
    this.#database.run(
      `DELETE FROM people WHERE credential_id = ?
       AND read_at < (SELECT started_at FROM people_syncs WHERE credential_id = ?)`,
      [credentialId, credentialId],
    );
    this.#database.run("UPDATE people_syncs SET state = 'done' WHERE credential_id = ?", credentialId);
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
    for (const table of ["people", "people_syncs", "events"]) {
      this.#database.run(`DELETE FROM ${table} WHERE credential_id = ?`, credentialId);
    }
  }

  userOf(credentialId: string): string | undefined {
    const row = this.#database.get("SELECT user_id FROM people_syncs WHERE credential_id = ?", credentialId);
    return typeof row?.user_id === "string" ? row.user_id : undefined;
  }

  unfinished(): { userId: string; credentialId: string }[] {
    const rows = this.#database.all("SELECT user_id, credential_id FROM people_syncs WHERE state = 'reading'");
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
