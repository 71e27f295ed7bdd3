import { createRolloutClient } from "rollout-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { otpEvents } from "../../support/otp-mock.mjs";
import { challenge, code } from "./setup.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Listener = (event: { readonly data: unknown; readonly code: number }) => void;

/** A connection, as the package `ws` has it, to a server that takes any code and says no more when it is asked to close. */
class Connection {
  static made: Connection[] = [];
  readyState = 0;
  closings = 0;
  terminations = 0;
  readonly #listeners: [string, Listener][] = [];

  constructor() {
    Connection.made.push(this);
    queueMicrotask(() => this.emit("open"));
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  removeEventListener(type: string, listener: Listener): void {
    const index = this.#listeners.findIndex(([ofType, added]) => ofType === type && added === listener);
    if (index !== -1) this.#listeners.splice(index, 1);
  }

  emit(type: string, data?: string): void {
    for (const [ofType, listener] of [...this.#listeners]) if (ofType === type) listener({ data, code: 1000 });
  }

  send(): void {
    for (const event of [otpEvents.codeAccepted(), otpEvents.credentialCreated("cred_1")]) {
      queueMicrotask(() => this.emit("message", JSON.stringify(event)));
    }
  }

  close(): void {
    this.closings += 1;
  }

  terminate(): void {
    this.terminations += 1;
  }
}

async function afterSuccess(): Promise<Connection> {
  Connection.made = [];
  const { credentials } = createRolloutClient({ token: "made-up", webSocket: Connection });
  await expect(credentials.submitOtp(challenge, code)).resolves.toEqual({ id: "cred_1" });
  const [connection] = Connection.made;
  if (connection === undefined) throw new Error("no connection was made");
  return connection;
}

test("a server that does not close the connection too is given a second, then the connection is cut", async () => {
  const connection = await afterSuccess();
  vi.advanceTimersByTime(999);
  expect(connection).toMatchObject({ closings: 1, terminations: 0 });
  vi.advanceTimersByTime(1);
  expect(connection).toMatchObject({ closings: 1, terminations: 1 });
});

test("a server that closes the connection too leaves no timer behind", async () => {
  const connection = await afterSuccess();
  connection.emit("close");
  expect(vi.getTimerCount()).toBe(0);
});
