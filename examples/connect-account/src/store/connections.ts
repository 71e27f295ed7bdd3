import type { Database } from "node-sqlite3-wasm";
import type { EntityToSync, OtpChallenge } from "rollout-client";
import type { UserInputs } from "../rollout/connectors.ts";
import { type Problem, UNCLEAR } from "../rollout/problem.ts";

/** What the user wants to connect. */
export interface Wanted {
  appKey: string;
  /** The app's name. */
  name: string;
  plan: string | undefined;
  /** Whether the app has people that this application can read. */
  hasPeople: boolean;
  /** The entities that the user chose to sync. */
  chosen: EntityToSync[];
  /** What the user entered, without secrets: they are not stored. */
  entered: UserInputs;
}

/** How a step of connecting an account ended. */
export type Outcome =
  | { kind: "code wanted"; wanted: Wanted; challenge: OtpChallenge; rejections: string[] }
  | { kind: "sign-in wanted"; wanted: Wanted; url: string; requestId: string }
  | { kind: "connected"; wanted: Wanted; credentialId: string }
  // With `wanted` where the form may be sent again.
  | { kind: "failed"; wanted?: Wanted; problem: Problem };

/** The last step of a connection; its outcome is `undefined` while the work is under way. */
export interface Step {
  number: number;
  outcome: Outcome | undefined;
}

// The longest that a step can take: three attempts of `create` with the default timeout, and the waits between them.
const MAX_STEP_MS = 10 * 60 * 1000;
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * The accounts that are being connected, step by step. Each form is for one numbered step, and the primary key of the table lets
 * one request do the work of it: a form that is submitted twice creates one credential, with several processes too.
 */
export class Connections {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Does the work of a step, unless another request has begun it. */
  async take(userId: string, id: string, number: number, work: () => Promise<Outcome>): Promise<void> {
    this.#database.run("DELETE FROM steps WHERE started_at < ?", Date.now() - KEPT_MS);
    const claim =
      "INSERT INTO steps (user_id, connection_id, number, started_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    if (this.#database.run(claim, [userId, id, number, Date.now()]).changes === 0) return;
    try {
      this.#finish(userId, id, number, await work());
    } catch (error) {
      this.#finish(userId, id, number, { kind: "failed", problem: UNCLEAR });
      throw error;
    }
  }

  /** The last step of a connection of this user. */
  latest(userId: string, id: string): Step | undefined {
    const row = this.#database.get(
      "SELECT number, started_at, outcome FROM steps WHERE user_id = ? AND connection_id = ? ORDER BY number DESC LIMIT 1",
      [userId, id],
    );
    if (row === null || row === undefined) return undefined;
    const number = Number(row.number);
    if (typeof row.outcome === "string") return { number, outcome: JSON.parse(row.outcome) };
    // The process that did the work has ended, and nobody knows how far it came.
    const interrupted = Number(row.started_at) < Date.now() - MAX_STEP_MS;
    return { number, outcome: interrupted ? { kind: "failed", problem: UNCLEAR } : undefined };
  }

  #finish(userId: string, id: string, number: number, outcome: Outcome): void {
    this.#database.run("UPDATE steps SET outcome = ? WHERE user_id = ? AND connection_id = ? AND number = ?", [
      JSON.stringify(outcome),
      userId,
      id,
      number,
    ]);
  }
}
