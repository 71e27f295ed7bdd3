import { rmSync } from "node:fs";
import sqlite, { type Database } from "node-sqlite3-wasm";
import { paginate, type RolloutApi, unwrap, type WebhookEvent } from "rollout-client";
import type { paths } from "./crm.js";

/** Opens the store of one connected account. One process owns the file. */
export function openStore(file: string): Database {
  // The lock of a process that was killed. It would make the file busy for good.
  rmSync(`${file}.lock`, { recursive: true, force: true });
  const database = new sqlite.Database(file);
  // The people; those to read again, with how often they changed; the run of the sync and the cursor of its next page.
  database.exec(`
    CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, name TEXT, seen_in_run INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS changed_people (id TEXT PRIMARY KEY, changes INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS sync (run INTEGER NOT NULL, next TEXT, is_done INTEGER NOT NULL);
    INSERT INTO sync SELECT 0, NULL, 1 WHERE NOT EXISTS (SELECT 1 FROM sync);
  `);
  return database;
}

const NOTE_CHANGE = "INSERT INTO changed_people VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET changes = changes + 1";

/** Notes which people an event is about. Respond to the delivery with a 2xx only after this. */
export function noteChanges(database: Database, { event, resourceIds }: WebhookEvent): void {
  if (!event.startsWith("people")) return;
  inTransaction(database, () => {
    for (const id of resourceIds) database.run(NOTE_CHANGE, [id]);
  });
}

/**
 * Reads all people, and stores each page together with the cursor of the next one: a process that starts again goes on where
 * the last one ended.
 */
export async function readAllPeople(database: Database, crm: RolloutApi<paths>): Promise<void> {
  database.run("UPDATE sync SET run = run + 1, next = NULL, is_done = 0 WHERE is_done = 1");
  const { run, next } = database.get("SELECT run, next FROM sync") ?? {};
  const query = { limit: 100, ...(typeof next === "string" && { next }) };
  for await (const page of paginate(crm, "/people", { params: { query } })) {
    inTransaction(database, () => {
      for (const { id, name } of page.people) {
        database.run("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", [id, name, Number(run)]);
      }
      database.run("UPDATE sync SET next = ?", [page._metadata.next]);
    });
  }
  inTransaction(database, () => {
    // Who was on no page may be gone: applyChanges asks.
    for (const { id } of database.all("SELECT id FROM people WHERE seen_in_run < ?", [Number(run)])) {
      database.run(NOTE_CHANGE, [String(id)]);
    }
    database.run("UPDATE sync SET is_done = 1");
  });
}

/**
 * Reads each person that changed as it is now, so neither the order of the events matters nor how often each arrived. Call it
 * after {@link readAllPeople}, never during it: an older page would overwrite what it stores.
 */
export async function applyChanges(database: Database, crm: RolloutApi<paths>): Promise<void> {
  const { run } = database.get("SELECT run FROM sync") ?? {};
  for (const { id, changes } of database.all("SELECT id, changes FROM changed_people")) {
    const path = { id: String(id) };
    const result = await crm.GET("/people/{id}", { params: { path } });
    const person = result.response.status === 404 ? undefined : unwrap(result);
    inTransaction(database, () => {
      const noted = database.run("DELETE FROM changed_people WHERE id = ? AND changes = ?", [path.id, Number(changes)]);
      // Changed again in the meantime: what was read may be old, and is read again the next time.
      if (noted.changes === 0) return;
      if (person === undefined) database.run("DELETE FROM people WHERE id = ?", [path.id]);
      else database.run("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", [path.id, person.name, Number(run)]);
    });
  }
}

function inTransaction(database: Database, work: () => void): void {
  database.exec("BEGIN");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
