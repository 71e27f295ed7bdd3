import {
  createWebhookVerifier,
  isRolloutError,
  isWebhookEvent,
  paginate,
  paginateItems,
  type RolloutApi,
  RolloutWebhookError,
  unwrap,
  type WebhookEvent,
} from "rollout-client";
import type { People } from "../store/people.ts";
import type { paths } from "./crm.ts";

const EVENTS = ["peopleCreated", "peopleUpdated", "peopleDeleted"];
/** Rollout says that the data of a new account takes 30 to 60 seconds. */
const MAX_WAIT_MS = 2 * 60 * 1000;
const PAGE_SIZE = 100;

export interface PeopleSyncOptions {
  people: People;
  /** The CRM API of one connected account, in the background of the shared rate limiter. */
  crmFor: (userId: string, credentialId: string) => RolloutApi<paths>;
  clientSecret?: string | undefined;
  /** Where Rollout can reach this application; without it, there are no webhooks. */
  publicUrl?: string | undefined;
}

/** Keeps a copy of the people of each connected account: read once, then changed by webhooks. */
export class PeopleSync {
  readonly #options: PeopleSyncOptions;
  readonly #verifier: ReturnType<typeof createWebhookVerifier>;
  readonly #stopping = new AbortController();
  readonly #work = new Set<Promise<void>>();

  constructor(options: PeopleSyncOptions) {
    this.#options = options;
    this.#verifier = createWebhookVerifier({ clientSecret: options.clientSecret });
  }

  /** Goes on with what the last process left unfinished. */
  resume(): void {
    const { people } = this.#options;
    for (const { userId, credentialId } of people.unfinished()) this.start(userId, credentialId);
    for (const { credentialId, event } of people.unhandledEvents())
      this.#begin(() => this.#handle(credentialId, event));
  }

  /** Ends the work, which the next process resumes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#work);
  }

  /** Reads all people of an account, in the background. */
  start(userId: string, credentialId: string): void {
    const { people } = this.#options;
    people.begin(userId, credentialId);
    this.#begin(async () => {
      try {
        await this.#subscribe(userId, credentialId);
        await this.#readAll(userId, credentialId);
      } catch (error) {
        if (!this.#stopping.signal.aborted) people.fail(credentialId);
        throw error;
      }
    });
  }

  /** Takes a webhook. Resolves to the status to respond with. */
  async receive(credentialId: string, body: ArrayBuffer, signature: string | undefined): Promise<204 | 400 | 401> {
    const { people } = this.#options;
    try {
      const payload = await this.#verifier.verify(body, signature);
      // Saved before the response, under its id: Rollout may deliver an event more than once.
      if (isWebhookEvent(payload) && people.saveEventOnce(credentialId, payload)) {
        this.#begin(() => this.#handle(credentialId, payload));
      }
      return 204;
    } catch (error) {
      if (!(error instanceof RolloutWebhookError)) throw error;
      return error.code === "invalid_signature" ? 401 : 400;
    }
  }

  /** Before all people are read, so that no change falls into a gap. */
  async #subscribe(userId: string, credentialId: string): Promise<void> {
    const { crmFor, publicUrl } = this.#options;
    if (publicUrl === undefined) return;
    const crm = crmFor(userId, credentialId);
    const { signal } = this.#stopping;
    const url = `${publicUrl}/webhooks/rollout/${encodeURIComponent(credentialId)}`;
    const subscribed = new Set<string>();
    for await (const webhook of paginateItems(crm, "/webhooks", { signal })) {
      if (webhook.url === url) subscribed.add(webhook.event);
    }
    for (const event of EVENTS.filter((each) => !subscribed.has(each))) {
      unwrap(await crm.POST("/webhooks", { body: { event, url }, signal, waitUntilReady: MAX_WAIT_MS }));
    }
  }

  async #readAll(userId: string, credentialId: string): Promise<void> {
    const startedAt = Date.now();
    await this.#read(userId, credentialId, {});
    this.#options.people.finish(credentialId, startedAt);
  }

  async #handle(credentialId: string, { event, eventId, resourceIds }: WebhookEvent): Promise<void> {
    const { people } = this.#options;
    const userId = people.userOf(credentialId);
    if (userId !== undefined) {
      // What changed is not in the event, and by now it may have changed again.
      if (event === "peopleDeleted") people.delete(credentialId, resourceIds);
      else if (event.startsWith("people")) await this.#read(userId, credentialId, { ids: resourceIds.join(",") });
    }
    people.eventHandled(credentialId, eventId);
  }

  async #read(userId: string, credentialId: string, query: { ids?: string }): Promise<void> {
    const { people, crmFor } = this.#options;
    const init = {
      params: { query: { ...query, limit: PAGE_SIZE } },
      signal: this.#stopping.signal,
      waitUntilReady: MAX_WAIT_MS,
    };
    for await (const page of paginate(crmFor(userId, credentialId), "/people", init)) {
      people.save(credentialId, page.people);
    }
  }

  #begin(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        const reason = isRolloutError(error) ? `${error.code}: ${error.message}` : String(error);
        console.error(`People were not synced (${reason})`);
      })
      .finally(() => this.#work.delete(running));
    this.#work.add(running);
  }
}
