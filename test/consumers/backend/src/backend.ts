import { createServer, type IncomingMessage } from "node:http";
import { buffer, text } from "node:stream/consumers";
import {
  type CreateCredentialInput,
  createRateLimiter,
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  createWebhookVerifier,
  isOtpChallenge,
  isRolloutError,
  isWebhookEvent,
  paginateItems,
  unwrap,
} from "rollout-client";
import type { MockClientOptions } from "rollout-client/testing";
import { WebSocket } from "ws";
import type { paths } from "./crm.js";
import type { Account, Store } from "./store.js";

export interface BackendOptions {
  readonly store: Store;
  /** Where Rollout reaches this backend. */
  readonly publicUrl: string;
  /** The ids of the users who are signed in, by their cookie. It stands for the sign-in that every backend has. */
  readonly sessions: ReadonlyMap<string, string>;
  /** For tests: a mock in the place of Rollout. */
  readonly mock?: MockClientOptions;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const EVENTS = ["peopleCreated", "peopleUpdated", "peopleDeleted"];
const REFUSED: readonly string[] = ["bad_request", "invalid_input", "invalid_payload", "otp_rejected"];

/** A backend that connects accounts, subscribes to their events and keeps both. Bodies are limited by the proxy in front of it. */
export function createBackend({ store, publicUrl, sessions, mock }: BackendOptions) {
  const signer = createTokenSigner();
  const rateLimiter = createRateLimiter();
  const webhooks = createWebhookVerifier();
  const challenges = new Map<string, { appKey: string; otpChallengeId: string }>();
  const running = new Set<Promise<void>>();

  const rolloutFor = (userId: string) =>
    createRolloutClient({ token: signer.forUser(userId), rateLimiter, webSocket: WebSocket, ...mock });

  const crmFor = ({ userId, credentialId }: Account) =>
    createRolloutApi<paths>({
      token: signer.forUser(userId),
      rateLimiter: rateLimiter.background,
      baseUrl: "https://crm.universal.rollout.com/api",
      credentialId,
      waitUntilReady: 90_000,
      ...mock,
    });

  async function respond(request: IncomingMessage): Promise<Reply> {
    const { method, url = "", headers } = request;
    const credentialId = /^\/webhooks\/rollout\/(.+)$/.exec(url)?.[1];
    if (credentialId !== undefined) return receive(request, decodeURIComponent(credentialId));
    const userId = sessions.get(headers.cookie ?? "");
    if (userId === undefined) return { status: 401 };
    switch (`${method} ${url}`) {
      case "GET /accounts":
        return list(userId);
      case "POST /accounts":
        return connect(userId, JSON.parse(await text(request)));
      case "POST /accounts/code":
        return enterCode(userId, await text(request));
      default:
        return { status: 404 };
    }
  }

  async function connect(userId: string, { appKey, userInputs }: CreateCredentialInput): Promise<Reply> {
    const result = await rolloutFor(userId).credentials.create({ appKey, userInputs }, { confirm: true });
    if (!isOtpChallenge(result)) return keep({ userId, appKey, credentialId: result.id });
    challenges.set(userId, { appKey, otpChallengeId: result.otpChallengeId });
    return { status: 202, body: { question: result.message } };
  }

  async function enterCode(userId: string, code: string): Promise<Reply> {
    const challenge = challenges.get(userId);
    if (challenge === undefined) return { status: 404 };
    const { id } = await rolloutFor(userId).credentials.submitOtp(challenge.otpChallengeId, code);
    challenges.delete(userId);
    return keep({ userId, appKey: challenge.appKey, credentialId: id });
  }

  /** Lists the accounts as they are at Rollout, and keeps those whose create this backend never learned of. */
  async function list(userId: string): Promise<Reply> {
    const listed = await rolloutFor(userId).credentials.list();
    const accounts = listed.map(({ id, appKey }) => ({ userId, credentialId: id, appKey }));
    for (const account of accounts) keep(account);
    const body = accounts.map((account) => ({ ...account, events: store.eventsOf(account.credentialId) }));
    return { status: 200, body };
  }

  function keep(account: Account): Reply {
    if (store.addAccount(account)) subscribeLater(account);
    return { status: 201, body: { credentialId: account.credentialId } };
  }

  async function receive(request: IncomingMessage, credentialId: string): Promise<Reply> {
    const payload = await webhooks.verify(await buffer(request), request.headers["x-rollout-signature"]);
    if (isWebhookEvent(payload)) store.addEvent(credentialId, payload);
    return { status: 204 };
  }

  /** Nobody waits for it: the data of a new account takes a minute. */
  function subscribeLater(account: Account): void {
    const ended = subscribe(account)
      .catch((error: unknown) => console.error(account.credentialId, error))
      .finally(() => running.delete(ended));
    running.add(ended);
  }

  async function subscribe(account: Account): Promise<void> {
    const crm = crmFor(account);
    const url = `${publicUrl}/webhooks/rollout/${account.credentialId}`;
    const missing = new Set(EVENTS);
    for await (const found of paginateItems(crm, "/webhooks")) if (found.url === url) missing.delete(found.event);
    for (const event of missing) unwrap(await crm.POST("/webhooks", { body: { url, event } }));
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await respond(request).catch(replyTo);
    response.writeHead(status, { "Content-Type": "application/json" }).end(body && JSON.stringify(body));
  });
  // Those that a backend before this one did not come to, as well.
  for (const account of store.accounts()) subscribeLater(account);
  return {
    server,
    async close(): Promise<void> {
      server.close();
      await Promise.all(running);
      store.close();
    },
  };
}

function replyTo(error: unknown): Reply {
  if (isRolloutError(error)) {
    if (error.code === "invalid_signature") return { status: 401 };
    if (REFUSED.includes(error.code)) return { status: 400, body: { errors: "errors" in error ? error.errors : [] } };
  }
  console.error(error);
  return { status: 502, body: { lookAtYourAccounts: isRolloutError(error) && error.mayHaveSucceeded } };
}
