import { type ConnectionOptions, type Queue, UnrecoverableError, Worker } from "bullmq";
import {
  type CreateCredentialInput,
  createRolloutApi,
  createRolloutClient,
  isOtpChallenge,
  paginateItems,
  type RateLimiter,
  RolloutApiError,
  type RolloutClient,
  type TokenSigner,
} from "rollout-client";
import type { paths } from "./crm.js";

/** An account to connect and read, one for each user and app. What the user entered is not in it: jobs stay in Redis. */
export interface AccountJob {
  readonly userId: string;
  readonly appKey: string;
}

/** What the workers need of your application. */
export interface AccountJobsOptions {
  readonly connection: ConnectionOptions;
  readonly signer: TokenSigner;
  /** One for all processes, such as that of createRedisRateLimiter. */
  readonly rateLimiter: RateLimiter;
  /** Of the Universal API. */
  readonly baseUrl?: string;
  /** Of the CRM API. */
  readonly crmUrl: string;
  /** What the user entered, from your vault. */
  userInputsOf(account: AccountJob): Promise<CreateCredentialInput["userInputs"]>;
  /** Stores an account. It can be called again with the same one. */
  store(account: AccountJob, credentialId: string, people: readonly { id: string }[]): Promise<void>;
}

/** Adds a job for each account, unless the queue has one already. */
export async function addAccountJobs(queue: Queue<AccountJob>, accounts: readonly AccountJob[]) {
  const opts = { attempts: 5, backoff: { type: "exponential", delay: 1_000 } };
  return queue.addBulk(
    accounts.map((data) => ({ name: "account", data, opts: { ...opts, jobId: `${data.appKey} ${data.userId}` } })),
  );
}

/** Starts a worker of the queue "accounts". Start one in each process. */
export function startAccountWorker(options: AccountJobsOptions): Worker<AccountJob> {
  const { connection, signer, rateLimiter, baseUrl, crmUrl } = options;
  const worker = new Worker<AccountJob>(
    "accounts",
    async ({ data: account }, _token, signal) => {
      const shared = { token: signer.forUser(account.userId), rateLimiter };
      const rollout = createRolloutClient({ ...shared, baseUrl });
      const credentialId = await connectOnce(rollout, account, options, signal);
      const crm = createRolloutApi<paths>({ ...shared, baseUrl: crmUrl, credentialId, waitUntilReady: 90_000 });
      const people = [];
      for await (const person of paginateItems(crm, "/people", { params: { query: { limit: 100 } }, signal })) {
        people.push(person);
      }
      await options.store(account, credentialId, people);
    },
    // Ten seconds after a process was killed, others may start its jobs again.
    { connection, concurrency: 20, lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 5 },
  );
  // A process that stood still for longer has lost its jobs to others.
  worker.on("lockRenewalFailed", (jobIds) => {
    for (const id of jobIds) worker.cancelJob(id);
  });
  worker.on("error", (error) => console.error(error));
  return worker;
}

/** Connects the account unless it is connected: an earlier attempt may have done so, and been killed before it said so. */
async function connectOnce(
  { credentials }: RolloutClient,
  account: AccountJob,
  { userInputsOf }: AccountJobsOptions,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { appKey } = account;
  const existing = await credentials.list({ appKey }, { signal });
  const connected = existing.find((credential) => credential.appKey === appKey);
  if (connected !== undefined) return connected.id;
  const input = { appKey, userInputs: await userInputsOf(account) };
  const created = await credentials.create(input, { confirm: true, signal }).catch((error: unknown) => {
    // What the app refuses once, it refuses again, and it may lock the account.
    if (error instanceof RolloutApiError && error.code === "bad_request") throw new UnrecoverableError(error.message);
    throw error;
  });
  if (isOtpChallenge(created))
    throw new UnrecoverableError("A person has to connect it: the app asks for a one-time password");
  return created.id;
}
