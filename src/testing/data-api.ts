import { isObject, memberOf } from "../values.ts";
import {
  type Call,
  dataErrorResponse,
  emptyResponse,
  findProblems,
  type JsonSchema,
  jsonResponse,
  type Operation,
} from "./http.ts";
import type { UniversalState } from "./universal-api.ts";

/** The records of an API that acts on a connected account, by collection: `{ people: [{ id: "person_1", name: "Ada" }] }`. */
export type MockCollections = Readonly<Record<string, readonly object[]>>;

const WEBHOOKS = "webhooks";
/** What the other paths of the mock begin with. */
const RESERVED_NAMES: readonly string[] = [WEBHOOKS, "credentials", "connectors", "oauth", "auth"];
const DEFAULT_LIMIT = "10";

const WEBHOOK_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  url: { type: "string" },
  event: { type: "string" },
  filters: {
    type: "object",
    additionalProperties: { type: "object", properties: { equals: { type: "string" } }, required: ["equals"] },
  },
};

/** Refuses collections that the mock could not serve. */
export function checkCollections(collections: MockCollections): void {
  for (const [name, records] of Object.entries(collections)) {
    if (RESERVED_NAMES.includes(name) || !/^[\w-]+$/.test(name)) {
      throw new TypeError(`createRolloutMock: "${name}" cannot be the name of a collection`);
    }
    if (!Array.isArray(records) || !records.every(isObject)) {
      throw new TypeError(`createRolloutMock: collections.${name} must be an array of objects`);
    }
  }
}

/** A record with its place in the order of its collection, which it keeps when others are deleted. */
interface StoredRecord {
  readonly position: number;
  readonly id: string;
  value: object;
}

/** One collection of one connected account. */
class Collection {
  readonly #name: string;
  #records: StoredRecord[] = [];
  #lastPosition = 0;

  constructor(name: string, records: readonly object[]) {
    this.#name = name;
    for (const record of records) this.#store(record, memberOf(record, "id"));
  }

  /** Adds a record, under a new id. */
  add(record: object): object {
    return this.#store(record, undefined);
  }

  find(id: string): StoredRecord | undefined {
    return this.#records.find((record) => record.id === id);
  }

  delete(id: string): void {
    this.#records = this.#records.filter((record) => record.id !== id);
  }

  /** The page that a query asks for; `undefined` if the query is not valid. */
  page(query: URLSearchParams, url: string): object | undefined {
    const ids = query.get("ids")?.split(",");
    const records = this.#records.filter(({ id }) => ids === undefined || ids.includes(id));
    const limit = wholeNumber(query.get("limit") ?? DEFAULT_LIMIT);
    const cursor = query.get("next");
    const offset = cursor === null ? wholeNumber(query.get("offset") ?? "0") : offsetAfter(cursor, records);
    if (limit === undefined || limit === 0 || offset === undefined) return undefined;
    const page = records.slice(offset, offset + limit);
    const isLast = offset + limit >= records.length;
    const next = isLast ? null : `after_${page.at(-1)?.position}`;
    const nextQuery = new URLSearchParams({
      limit: String(limit),
      next: String(next),
      ...(ids && { ids: ids.join(",") }),
    });
    const nextLink = isLast ? null : `${url}?${nextQuery}`;
    const collection = this.#name.toLowerCase();
    const _metadata = { collection, offset, limit, total: records.length, next, nextLink };
    return { _metadata, [collection]: page.map(({ value }) => value) };
  }

  #store(record: object, givenId: unknown): object {
    this.#lastPosition += 1;
    const position = this.#lastPosition;
    const value = { ...record, id: givenId ?? this.#newId(position) };
    this.#records.push({ position, id: String(value.id), value });
    return value;
  }

  #newId(number: number): string {
    const id = `${this.#name}_${number}`;
    return this.find(id) === undefined ? id : this.#newId(number + 1);
  }
}

/** How many records come before those that a cursor names. Records that were deleted or added since then do not matter. */
function offsetAfter(cursor: string, records: readonly StoredRecord[]): number | undefined {
  const last = wholeNumber(cursor.replace(/^after_/, ""));
  return last === undefined ? undefined : records.filter(({ position }) => position <= last).length;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The operations on the records of a connected account and on its webhook subscriptions. */
export function dataOperations(
  state: UniversalState,
  collections: MockCollections,
  readyAfter: number,
  baseUrl: string,
): readonly Operation[] {
  /** By the id of the credential and the name of the collection. */
  const stored = new Map<string, Collection>();
  /** How many requests each credential has had. */
  const requestCounts = new Map<string, number>();

  function collectionOf(credentialId: string, name: string): Collection {
    const key = `${credentialId}/${name}`;
    const collection = stored.get(key) ?? new Collection(name, collections[name] ?? []);
    stored.set(key, collection);
    return collection;
  }

  function isReady(credentialId: string): boolean {
    const count = (requestCounts.get(credentialId) ?? 0) + 1;
    requestCounts.set(credentialId, count);
    return count > readyAfter;
  }

  /** Makes an operation of what it does with the collection of the request's credential. */
  function operation(
    name: string,
    collection: string,
    act: (collection: Collection, call: Call) => Response,
  ): Operation {
    const respond = (call: Call): Response => {
      const credential = state.credentialOf(call.userId, call.headers.get("X-Rollout-Credential-Id"));
      if (credential === undefined) {
        return dataErrorResponse(403, "X-Rollout-Credential-Id must be the id of a credential of the token's user.");
      }
      // The documents of the family declare no 409 for it.
      if (name !== "GET /webhooks" && !isReady(credential.id)) {
        return dataErrorResponse(409, "Data for this credential is not ready yet. Please try again.");
      }
      return act(collectionOf(credential.id, collection), call);
    };
    return { name, respond, refuse: dataErrorResponse };
  }

  const list = (name: string): Operation =>
    operation(`GET /${name}`, name, (collection, { query }) => {
      const page = collection.page(query, `${baseUrl}/${name}`);
      return page === undefined ? dataErrorResponse(400, "limit, offset or next is not valid.") : jsonResponse(page);
    });
  const create = (name: string, schema: JsonSchema, complete: (body: object) => object): Operation =>
    operation(`POST /${name}`, name, (collection, { body }) => {
      const problems = findProblems(body, schema);
      if (problems.length > 0 || !isObject(body)) return dataErrorResponse(400, ...problems);
      return jsonResponse(collection.add(complete(body)), 201);
    });
  const read = (name: string): Operation =>
    operation(`GET /${name}/{id}`, name, (collection, { lastSegment }) => {
      const record = collection.find(lastSegment);
      return record === undefined ? notFound(name) : jsonResponse(record.value);
    });
  const update = (name: string, schema: JsonSchema): Operation =>
    operation(`PUT /${name}/{id}`, name, (collection, { lastSegment, body }) => {
      const record = collection.find(lastSegment);
      if (record === undefined) return notFound(name);
      const problems = findProblems(body, schema);
      if (problems.length > 0 || !isObject(body)) return dataErrorResponse(400, ...problems);
      record.value = { ...record.value, ...body, id: memberOf(record.value, "id") };
      return jsonResponse(record.value);
    });
  const remove = (name: string): Operation =>
    operation(`DELETE /${name}/{id}`, name, (collection, { lastSegment }) => {
      if (collection.find(lastSegment) === undefined) return notFound(name);
      collection.delete(lastSegment);
      return emptyResponse();
    });

  const record: JsonSchema = { type: "object" };
  const webhook: JsonSchema = { type: "object", properties: WEBHOOK_PROPERTIES, additionalProperties: false };
  const newWebhook: JsonSchema = { ...webhook, required: ["url", "event"] };
  return [
    ...Object.keys(collections).flatMap((name) => [
      list(name),
      create(name, record, (body) => body),
      read(name),
      update(name, record),
      remove(name),
    ]),
    list(WEBHOOKS),
    create(WEBHOOKS, newWebhook, (body) => ({ status: "Active", filters: {}, ...body })),
    update(WEBHOOKS, webhook),
    remove(WEBHOOKS),
  ];
}

function notFound(name: string): Response {
  return dataErrorResponse(404, `There is no such record in ${name}.`);
}
