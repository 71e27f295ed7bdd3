import { type CredentialOperations, createRolloutClient, type RolloutClientOptions } from "rollout-client";
import { type Answer, answer, startSocketServer } from "../../support/socket-server.ts";

export const input = { appKey: "follow-up-boss", userInputs: { apiKey: "key-8261" } };

export interface StoredCredential {
  readonly id: string;
  readonly createdAt: unknown;
  readonly appKey: string;
  readonly data?: unknown;
}

export interface ServerOptions {
  /** What the caller sees of a create, once the credential exists. */
  readonly create: Answer;
  /** What the server adds for a create. Default: the credential. */
  readonly created?: (credential: StoredCredential) => readonly StoredCredential[];
  /** Replaces the response to a list. */
  readonly list?: Answer;
  /** How far the server's clock is ahead, in milliseconds. */
  readonly clockAhead?: number;
  /** Whether responses have a `Date` header. Default: true. */
  readonly hasDate?: boolean;
}

/** A raw server that creates a credential whatever the caller sees of it, and a client of it. */
export async function startRollout(options: ServerOptions, clientOptions: Partial<RolloutClientOptions> = {}) {
  const { clockAhead = 0, hasDate = true, created = (credential) => [credential] } = options;
  const now = (): Date => new Date(Date.now() + clockAhead);
  const credentials: StoredCredential[] = [
    { id: "cred_old", createdAt: new Date(now().getTime() - 60_000).toISOString(), appKey: input.appKey },
  ];
  const server = await startSocketServer((socket, request) => {
    if (request.method === "POST") {
      const { appKey } = input;
      credentials.push(...created({ id: "cred_new", createdAt: now().toISOString(), appKey }));
      options.create(socket, request);
    } else if (options.list !== undefined) {
      options.list(socket, request);
    } else {
      answer(200, credentials, hasDate ? { Date: now().toUTCString() } : {})(socket, request);
    }
  });
  const rollout = createRolloutClient({ token: "token-5524", baseUrl: server.url, ...clientOptions });
  const operations: CredentialOperations = rollout.credentials;
  const sent = (method: string): string[] =>
    server.requests.filter((request) => request.method === method).map(({ path }) => path);
  return { create: operations.create, credentials, sent, server };
}
