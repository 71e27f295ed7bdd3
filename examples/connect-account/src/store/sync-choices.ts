import type { Database } from "node-sqlite3-wasm";
import type { EntityToSync } from "rollout-client";

/** What each user chose to sync. Rollout takes the choice and does not list it, so the application remembers it. */
export class SyncChoices {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The entities that were chosen last; `undefined` for an account whose choice is not known. */
  find(userId: string, credentialId: string): EntityToSync[] | undefined {
    const row = this.#database.get("SELECT entities FROM sync_choices WHERE user_id = ? AND credential_id = ?", [
      userId,
      credentialId,
    ]);
    return typeof row?.entities === "string" ? JSON.parse(row.entities) : undefined;
  }

  save(userId: string, credentialId: string, entities: readonly EntityToSync[]): void {
    this.#database.run("INSERT OR REPLACE INTO sync_choices VALUES (?, ?, ?)", [
      userId,
      credentialId,
      JSON.stringify(entities),
    ]);
  }

  delete(userId: string, credentialId: string): void {
    this.#database.run("DELETE FROM sync_choices WHERE user_id = ? AND credential_id = ?", [userId, credentialId]);
  }
}
