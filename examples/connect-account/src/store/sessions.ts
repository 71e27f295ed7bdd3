import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Database } from "node-sqlite3-wasm";

const COOKIE = "session";
const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Who is visiting. */
export class Sessions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The id of the visitor in this application; `undefined` without a session. */
  find(context: Context): string | undefined {
    const id = getCookie(context, COOKIE);
    if (id === undefined) return undefined;
    const row = this.#database.get("SELECT user_id FROM sessions WHERE id = ? AND expires_at > ?", [id, Date.now()]);
    return typeof row?.user_id === "string" ? row.user_id : undefined;
  }

  /** Starts a session. The user is made up: yours is the one who signed in. */
  start(context: Context): void {
    const id = randomUUID();
    const userId = `user_${randomUUID()}`;
    this.#database.run("DELETE FROM sessions WHERE expires_at <= ?", Date.now());
    this.#database.run("INSERT INTO sessions VALUES (?, ?, ?)", [id, userId, Date.now() + LIFETIME_MS]);
    const secure = new URL(context.req.url).protocol === "https:";
    setCookie(context, COOKIE, id, { httpOnly: true, sameSite: "Lax", path: "/", secure, maxAge: LIFETIME_MS / 1000 });
  }

  end(context: Context): void {
    this.#database.run("DELETE FROM sessions WHERE id = ?", [getCookie(context, COOKIE) ?? ""]);
    deleteCookie(context, COOKIE, { path: "/" });
  }
}
