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
const UNSUBSCRIBE_TIMEOUT_MS = 5_000;

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
  /** The last work of each account. */
  readonly #work = new Map<string, Promise<void>>();

  constructor(options: PeopleSyncOptions) {
    this.#options = options;
    this.#verifier = createWebhookVerifier({ clientSecret: options.clientSecret });
  }

  /** Goes on with what the last process left unfinished. */
  resume(): void {
    const { people } = this.#options;
    for (const { userId, credentialId } of people.unfinished()) this.#sync(userId, credentialId);
    for (const { credentialId, event } of people.unhandledEvents())
      this.#begin(credentialId, () => this.#handle(credentialId, event));
  }

  /** Ends the work, which the next process resumes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#work.values());
  }

  /** Reads all people of an account, in the background. */
  start(userId: string, credentialId: string): void {
    this.#options.people.begin(userId, credentialId);
    this.#sync(userId, credentialId);
  }

  #sync(userId: string, credentialId: string): void {
    const { people } = this.#options;
    this.#begin(credentialId, async () => {
      try {
        // First, so that no change falls into a gap.
        await this.#subscribe(userId, credentialId);
        const next = people.cursor(credentialId);
        await this.#read(userId, credentialId, next === undefined ? {} : { next });
        people.finish(credentialId);
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
        this.#begin(credentialId, () => this.#handle(credentialId, payload));
      }
      return 204;
    } catch (error) {
      if (!(error instanceof RolloutWebhookError)) throw error;
      return error.code === "invalid_signature" ? 401 : 400;
    }
  }

  /** Removes the subscriptions of an account. Only before it is disconnected: after that, nobody can act on it. */
  async unsubscribe(userId: string, credentialId: string): Promise<void> {
    const { crmFor, publicUrl } = this.#options;
    if (publicUrl === undefined) return;
    // A person waits for it.
    const options = { timeout: UNSUBSCRIBE_TIMEOUT_MS, retry: false } as const;
    try {
      for (const { id } of await this.#subscriptions(userId, credentialId, options)) {
        unwrap(await crmFor(userId, credentialId).DELETE("/webhooks/{id}", { params: { path: { id } }, ...options }));
      }
    } catch (error) {
      // An account that has stopped working can be disconnected, too.
      report("Subscriptions were not removed", error);
    }
  }

  async #subscribe(userId: string, credentialId: string): Promise<void> {
    const { crmFor, publicUrl } = this.#options;
    if (publicUrl === undefined) return;
    const { signal } = this.#stopping;
    const subscribed = await this.#subscriptions(userId, credentialId, { signal });
    const url = this.#urlFor(credentialId);
    for (const event of EVENTS.filter((each) => !subscribed.some((subscription) => subscription.event === each))) {
      const init = { body: { event, url }, signal, waitUntilReady: MAX_WAIT_MS };
      unwrap(await crmFor(userId, credentialId).POST("/webhooks", init));
    }
  }

  async #subscriptions(userId: string, credentialId: string, options: object) {
    const url = this.#urlFor(credentialId);
    const found = [];
    for await (const webhook of paginateItems(this.#options.crmFor(userId, credentialId), "/webhooks", options)) {
      if (webhook.url === url) found.push(webhook);
    }
    return found;
  }

  #urlFor(credentialId: string): string {
    return `${this.#options.publicUrl}/webhooks/rollout/${encodeURIComponent(credentialId)}`;
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

  /** Reads people page by page. An interrupted read of all of them goes on from the cursor that is stored with each page. */
  async #read(userId: string, credentialId: string, query: { ids?: string; next?: string }): Promise<void> {
    const { people, crmFor } = this.#options;
    const init = {
      params: { query: { ...query, limit: PAGE_SIZE } },
      signal: this.#stopping.signal,
      waitUntilReady: MAX_WAIT_MS,
    };
    for await (const page of paginate(crmFor(userId, credentialId), "/people", init)) {
      people.save(credentialId, page.people);
      if (query.ids === undefined) people.saveCursor(credentialId, page._metadata.next);
    }
  }

  /** Does the work of an account after what it has begun before: an older page must not overwrite what an event brought. */
  #begin(credentialId: string, work: () => Promise<void>): void {
    const running = (this.#work.get(credentialId) ?? Promise.resolve())
      .then(work)
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) report("People were not synced", error);
      })
      .finally(() => {
        if (this.#work.get(credentialId) === running) this.#work.delete(credentialId);
      });
    this.#work.set(credentialId, running);
  }
}

function report(problem: string, error: unknown): void {
  console.error(`${problem} (${isRolloutError(error) ? `${error.code}: ${error.message}` : String(error)})`);
}
