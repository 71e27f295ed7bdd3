import type { ApiArguments, ApiData, ApiInit, OperationOf, PathsWith, RolloutApi } from "./api-types.ts";
import { type ApiResult, CallResult } from "./call/call.ts";
import { invalidResponseError } from "./errors/call-errors.ts";
import { unwrap } from "./unwrap.ts";
import { isObject, memberOf } from "./values.ts";

/** The paths of a document that can be read page by page. */
export type PagedPath<Paths extends {}> = PathsWith<Paths, "get">;

/** What a call of a paged path takes: the parameters of the operation, and the settings of each call. */
export type PageInit<Paths extends {}, Path extends keyof Paths> = ApiInit<OperationOf<Paths, Path, "get">>;

/** A page: the data of the operation. */
export type PageOf<Paths extends {}, Path extends keyof Paths> = ApiData<OperationOf<Paths, Path, "get">>;

/** An entry of a page: an element of the array that it is or has. `unknown` where the document names no array. */
export type PageItem<Page> = [ItemOf<Page>] extends [never] ? unknown : ItemOf<Page>;

/** The items of a page that is an array, or of the arrays of a page. */
export type ItemOf<Page> = Page extends readonly unknown[]
  ? ElementOf<Page>
  : Page extends object
    ? ElementOf<Page[keyof Page]>
    : never;
/** The item of an array. */
export type ElementOf<Value> = Value extends readonly (infer Element)[] ? Element : never;

type Query = Record<string, unknown>;
type Get = (path: unknown, init: { params: { query: Query } }) => Promise<ApiResult>;

/** The parameters of a page, and how to write them if not as the client does. */
interface PageRequest {
  readonly query: Query;
  readonly querySerializer?: () => string;
}

/**
 * Reads a list page by page: follows `_metadata.next`, given back as the query parameter `next`, or else `nextLink` (in
 * `_metadata` or beside it), whose query replaces that of `init`, and stops where that is `null` or absent. Each page is one
 * call, with the retries of the client.
 *
 * Source: the documents of the APIs that act on a connected account.
 *
 * @param init - what `api.GET(path, init)` takes; it applies to every page
 * @throws {@link RolloutApiError} and the other errors of a call; {@link RolloutResponseError} `invalid_response` when a page
 *   names one already read as the next, or by a number beyond `Number.MAX_SAFE_INTEGER`
 * @example
 * ```ts
 * import { createRolloutApi, paginate } from "rollout-client";
 *
 * type Page = { _metadata: { next: string | null }; people: { id: string }[] };
 * interface paths {
 *   "/people": {
 *     get: { parameters: { query?: { next?: string } }; responses: { 200: { content: { "application/json": Page } } } };
 *   };
 * }
 *
 * const crm = createRolloutApi<paths>({ token: "a token", baseUrl: "https://crm.universal.rollout.com/api" });
 * for await (const page of paginate(crm, "/people")) console.log(page.people.length);
 * ```
 */
export async function* paginate<Paths extends {}, Path extends PagedPath<Paths>>(
  api: RolloutApi<Paths>,
  path: Path,
  ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>
): AsyncGenerator<PageOf<Paths, Path>, void, undefined> {
  for await (const result of readPages(api, path, init)) yield unwrap(result);
}

/**
 * Reads a list entry by entry: the entries of all pages that {@link paginate} would read, each page when its first entry is
 * needed. The entries are those of a page that is an array; else they are in the property that `_metadata.collection` names (a
 * difference in case does not matter), or in the only array of the page.
 *
 * Source: the documents of the APIs that act on a connected account.
 *
 * @param init - what `api.GET(path, init)` takes; it applies to every page
 * @throws the errors of {@link paginate}; {@link RolloutResponseError} `invalid_response` when a page has no such array
 * @example
 * ```ts
 * import { createRolloutApi, paginateItems } from "rollout-client";
 *
 * type Page = { _metadata: { collection: string; next: string | null }; people: { id: string }[] };
 * interface paths {
 *   "/people": {
 *     get: { parameters: { query?: { next?: string } }; responses: { 200: { content: { "application/json": Page } } } };
 *   };
 * }
 *
 * const crm = createRolloutApi<paths>({ token: "a token", baseUrl: "https://crm.universal.rollout.com/api" });
 * for await (const person of paginateItems(crm, "/people")) console.log(person.id);
 * ```
 */
export async function* paginateItems<Paths extends {}, Path extends PagedPath<Paths>>(
  api: RolloutApi<Paths>,
  path: Path,
  ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>
): AsyncGenerator<PageItem<PageOf<Paths, Path>>, void, undefined> {
  for await (const result of readPages(api, path, init)) {
    const items = itemsOf<PageItem<PageOf<Paths, Path>>>(unwrap(result));
    if (items === undefined) {
      const problem = "its page has no array or several, and `_metadata.collection` names none of them";
      throw invalidResponseError(result.response, problem, CallResult.detailsOf(result));
    }
    yield* items;
  }
}

async function* readPages<Paths extends {}>(
  api: RolloutApi<Paths>,
  path: keyof Paths,
  init: object | undefined,
): AsyncGenerator<ApiResult, void, undefined> {
  // The types of the public functions say which parameters exist; here they are names and values.
  const get = api.GET as object as Get;
  const settings: { params?: { query?: Query } } = { ...init };
  let request: PageRequest = { query: { ...settings.params?.query } };
  const read = new Set<string>();
  for (;;) {
    const { query, ...serializer } = request;
    read.add(JSON.stringify(query));
    const result = await get(path, { ...settings, ...serializer, params: { ...settings.params, query } });
    const page = unwrap(result);
    yield result;
    const problem = (text: string) => invalidResponseError(result.response, text, CallResult.detailsOf(result));
    if (hasRoundedNext(page)) throw problem("its `_metadata.next` is a number too large to be read exactly");
    const next = nextRequest(page, query);
    if (next === undefined) return;
    if (read.has(JSON.stringify(next.query))) throw problem("the page that it names as the next was read already");
    request = next;
  }
}

/** The entries of a page, as the document types them, or `undefined` if it is unclear which array holds them. */
function itemsOf<Item>(page: unknown): readonly Item[] | undefined {
  if (Array.isArray(page)) return page;
  if (!isObject(page)) return undefined;
  const arrays = Object.entries(page).filter((entry): entry is [string, Item[]] => Array.isArray(entry[1]));
  const collection = textAt(memberOf(page, "_metadata"), "collection");
  const named =
    arrays.find(([name]) => name === collection) ??
    arrays.find(([name]) => name.toLowerCase() === collection?.toLowerCase());
  return (named ?? (arrays.length === 1 ? arrays[0] : undefined))?.[1];
}

/** Whether `_metadata.next` is a number beyond the integers that JavaScript can represent exactly. */
function hasRoundedNext(page: unknown): boolean {
  const next = memberOf(memberOf(page, "_metadata"), "next");
  return typeof next === "number" && Math.abs(next) > Number.MAX_SAFE_INTEGER;
}

/** The request for the next page, or `undefined` if this is the last one. */
function nextRequest(page: unknown, query: Query): PageRequest | undefined {
  const metadata = memberOf(page, "_metadata");
  const next = textAt(metadata, "next");
  if (next !== undefined) return { query: { ...query, next } };
  if (memberOf(metadata, "next") === null) return undefined;
  const link = textAt(metadata, "nextLink") ?? textAt(page, "nextLink");
  if (link === undefined) return undefined;
  // Only its query is used: the token goes to the origin of the client, whatever a link says. It is sent as the link spells it.
  const text = /\?([^#]*)/.exec(link)?.[1] ?? "";
  return { query: parseQuery(text), querySerializer: () => text };
}

function parseQuery(text: string): Query {
  const parameters = new URLSearchParams(text);
  const names = new Set(parameters.keys());
  return Object.fromEntries(
    Array.from(names, (name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** The text of a member, or its number as text. */
function textAt(value: unknown, key: string): string | undefined {
  const member = memberOf(value, key);
  const text = typeof member === "number" ? String(member) : member;
  return typeof text === "string" && text !== "" ? text : undefined;
}
