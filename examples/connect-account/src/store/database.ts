import sqlite, { type Database } from "node-sqlite3-wasm";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS steps (
    user_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    outcome TEXT,
    PRIMARY KEY (user_id, connection_id, number)
  );
  CREATE TABLE IF NOT EXISTS sync_choices (
    user_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    entities TEXT NOT NULL,
    PRIMARY KEY (user_id, credential_id)
  );
  CREATE TABLE IF NOT EXISTS people_syncs (
    credential_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    next TEXT
  );
  CREATE TABLE IF NOT EXISTS people (
    credential_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (credential_id, id)
  );
  CREATE TABLE IF NOT EXISTS events (
    credential_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event TEXT,
    PRIMARY KEY (credential_id, event_id)
  );
`;

/** Opens the file, and creates what is missing in it. */
export function openDatabase(file: string): Database {
  const database = new sqlite.Database(file);
  database.exec(SCHEMA);
  return database;
}
