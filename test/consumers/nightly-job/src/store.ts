import { rmSync } from "node:fs";
import sqlite from "node-sqlite3-wasm";

/** An account to read tonight, and where an earlier process of tonight stopped. */
export interface Account {
  readonly userId: string;
  readonly credentialId: string;
  readonly cursor: string | undefined;
}

interface Page {
  readonly people: readonly { id: string; name: string | null }[];
  readonly next: string | null;
}

/** A copy of the people of all accounts, in a file of one process. */
export function openStore(file: string) {
  // The lock of a process that was killed.
  rmSync(`${file}.lock`, { recursive: true, force: true });
  const database = new sqlite.Database(file);
  database.exec(`
    CREATE TABLE IF NOT EXISTS accounts (credential_id TEXT PRIMARY KEY, user_id TEXT, night TEXT, cursor TEXT, done INTEGER);
    CREATE TABLE IF NOT EXISTS people (credential_id TEXT, id TEXT, name TEXT, night TEXT, PRIMARY KEY (credential_id, id));
  `);
  return {
    addAccount(credentialId: string, userId: string): void {
      database.run("INSERT INTO accounts VALUES (?, ?, NULL, NULL, 0)", [credentialId, userId]);
    },
    /** The accounts that are not read to the end in this night. */
    accountsToRead(night: string): Account[] {
      database.run("UPDATE accounts SET night = ?, cursor = NULL, done = 0 WHERE night IS NOT ?", [night, night]);
      return database.all("SELECT * FROM accounts WHERE done = 0").map(({ user_id, credential_id, cursor }) => ({
        userId: String(user_id),
        credentialId: String(credential_id),
        cursor: cursor === null ? undefined : String(cursor),
      }));
    },
    /** Saves a page and the cursor of the next one. After the last page, those who were on none of this night are gone. */
    savePage(credentialId: string, night: string, { people, next }: Page): void {
      const isLast = next === null;
      database.exec("BEGIN");
      try {
        for (const { id, name } of people) {
          database.run("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)", [credentialId, id, name, night]);
        }
        const state = [next, isLast, credentialId];
        database.run("UPDATE accounts SET cursor = ?, done = ? WHERE credential_id = ?", state);
        if (isLast) database.run("DELETE FROM people WHERE credential_id = ? AND night <> ?", [credentialId, night]);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    people: () => database.all("SELECT credential_id, id, name FROM people ORDER BY credential_id, id"),
    close: (): void => database.close(),
  };
}
