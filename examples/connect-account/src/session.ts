import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { Connection } from "./connection.ts";

const COOKIE = "session";
const LIFETIME = 60 * 60 * 1000;

/** What the server keeps of one visitor. One-time-password challenges stay here, out of the browser. */
export class Session {
  /** The person's id in this application: here made up, in yours what your sign-in says. */
  readonly userId: string = `user_${randomUUID()}`;
  readonly expires: number = Date.now() + LIFETIME;
  readonly #connections = new Map<string, Connection>();

  /** The connection that a form belongs to, begun with the first use of its id. */
  begin(id: string): Connection {
    const connection = this.#connections.get(id) ?? new Connection();
    this.#connections.set(id, connection);
    return connection;
  }

  find(id: string): Connection | undefined {
    return this.#connections.get(id);
  }
}

/** Sessions in memory, gone with the process: in yours they belong in the store that your sign-in uses. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  find(context: Context): Session | undefined {
    const session = this.#sessions.get(getCookie(context, COOKIE) ?? "");
    return session !== undefined && session.expires > Date.now() ? session : undefined;
  }

  start(context: Context): Session {
    for (const [id, { expires }] of this.#sessions) if (expires <= Date.now()) this.#sessions.delete(id);
    const id = randomUUID();
    const session = new Session();
    this.#sessions.set(id, session);
    const secure = new URL(context.req.url).protocol === "https:";
    setCookie(context, COOKIE, id, { httpOnly: true, sameSite: "Lax", path: "/", secure, maxAge: LIFETIME / 1000 });
    return session;
  }
}
