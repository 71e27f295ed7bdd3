import type { ApiArguments, ApiData, OperationOf, PathsWith, RolloutApi } from "./api-types.ts";
import type { ApiResult } from "./call/call.ts";
import { unusableError, unwrap } from "./unwrap.ts";
import { isObject, memberOf } from "./values.ts";

/** An entry of a page: an element of the array that it is or has. `unknown` where the document names no array. */
export type PageItem<Page> = [ItemOf<Page>] extends [never] ? unknown : ItemOf<Page>;
type ItemOf<Page> = Page extends readonly (infer Item)[]
  ? Item
  : Page extends object
    ? Extract<Page[keyof Page], readonly unknown[]>[number]
    : never;

type Query = Record<string, unknown>;
type Get = (path: unknown, init: object) => Promise<ApiResult>;

/**
 * Reads a list page by page: follows `_metadata.next`, given back as the query parameter `next`, or else `nextLink` (in
 * `_metadata` or beside it), whose query replaces that of `init`, and stops where that is `null` or absent. Each page is one
 * call, with the retries of the client.
 *
 * Source: the documents of the APIs that act on a connected account.
 *
 * @param init - what `api.GET(path, init)` takes; it applies to every page
 * @throws {@link RolloutCallError} when a call fails, or when the next page was read already, or its cursor is a number beyond
 *   `Number.MAX_SAFE_INTEGER`
 * @example
 * ```ts
 * import { createRolloutApi, paginate } from "rollout-client";
 * import type { paths } from "./crm.js";
 *
 * const crm = createRolloutApi<paths>({ token: "a token", baseUrl: "https://crm.universal.rollout.com/api" });
 * for await (const page of paginate(crm, "/people")) console.log(page.people.length);
 * ```
 */
export async function* paginate<Paths extends {}, Path extends PathsWith<Paths, "get">>(
  api: RolloutApi<Paths>,
  path: Path,
  ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>
): AsyncGenerator<ApiData<OperationOf<Paths, Path, "get">>, void, undefined> {
  for await (const result of readPages(api, path, init)) yield unwrap(result);
}

/**
 * Reads a list entry by entry: the entries of all pages that {@link paginate} would read, each page when its first entry is
 * needed: `for await (const person of paginateItems(crm, "/people"))`. They are those of a page that is an array, or of its
 * property that `_metadata.collection` names (a difference in case does not matter), or of its only array.
 *
 * @param init - what `api.GET(path, init)` takes; it applies to every page
 * @throws {@link RolloutCallError} as {@link paginate} does, and when a page has no such array
 */
export async function* paginateItems<Paths extends {}, Path extends PathsWith<Paths, "get">>(
  api: RolloutApi<Paths>,
  path: Path,
  ...[init]: ApiArguments<OperationOf<Paths, Path, "get">>
): AsyncGenerator<PageItem<ApiData<OperationOf<Paths, Path, "get">>>, void, undefined> {
  for await (const result of readPages(api, path, init)) {
    const items = itemsOf<PageItem<ApiData<OperationOf<Paths, Path, "get">>>>(unwrap(result));
    if (items === undefined)
      throw unusableError(result, "its page has no array, or several, and `_metadata.collection` names none of them");
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
  let query: Query = { ...settings.params?.query };
  let serializer: { querySerializer?: () => string } = {};
  const read = new Set<string>();
  for (;;) {
    read.add(JSON.stringify(query));
    const result = await get(path, { ...settings, ...serializer, params: { ...settings.params, query } });
    const page = unwrap(result);
    yield result;
    const metadata = memberOf(page, "_metadata");
    const next = memberOf(metadata, "next");
    const link = textOf(memberOf(metadata, "nextLink")) ?? textOf(memberOf(page, "nextLink"));
    if (typeof next === "number" && Math.abs(next) > Number.MAX_SAFE_INTEGER)
      throw unusableError(result, "its `_metadata.next` is a number too large to be read exactly");
    if (textOf(next) !== undefined) {
      query = { ...query, next: textOf(next) };
      serializer = {};
    } else if (next !== null && link !== undefined) {
      // Only its query is used, as the link spells it: the token goes to the origin of the client, whatever a link says.
      const text = /\?([^#]*)/.exec(link)?.[1] ?? "";
      query = parseQuery(text);
      serializer = { querySerializer: () => text };
    } else return;
    if (read.has(JSON.stringify(query))) throw unusableError(result, "its next page is one that was read already");
  }
}

/** The entries of a page, as the document types them, or `undefined` if it is unclear which array holds them. */
function itemsOf<Item>(page: unknown): readonly Item[] | undefined {
  if (Array.isArray(page)) return page;
  if (!isObject(page)) return undefined;
  const arrays = Object.entries(page).filter((entry): entry is [string, Item[]] => Array.isArray(entry[1]));
  const collection = textOf(memberOf(memberOf(page, "_metadata"), "collection"));
  const named =
    arrays.find(([name]) => name === collection) ??
    arrays.find(([name]) => name.toLowerCase() === collection?.toLowerCase());
  return (named ?? (arrays.length === 1 ? arrays[0] : undefined))?.[1];
}

function parseQuery(text: string): Query {
  const parameters = new URLSearchParams(text);
  return Object.fromEntries(Array.from(parameters.keys(), (name) => [name, parameters.getAll(name)]));
}

/** A non-empty text, or a number as text. */
function textOf(value: unknown): string | undefined {
  return typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : undefined;
}
