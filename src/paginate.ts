import type { Client, ClientPathsWithMethod, MethodResponse } from "openapi-fetch";
import type { ApiArguments, ApiInit, RolloutApi } from "./api-types.ts";
import { type ApiResult, reportOf } from "./call/result.ts";
import { invalidResponseError } from "./errors/from-response.ts";
import { unwrap } from "./unwrap.ts";
import { memberOf } from "./values/json.ts";

/** The paths of a document that can be read page by page. */
export type PagedPath<Paths extends {}> = ClientPathsWithMethod<Client<Paths>, "get">;

/** What a call of a paged path takes: the parameters of the operation, and the settings of each call. */
export type PageInit<Paths extends {}, Path extends keyof Paths> = ApiInit<Paths[Path], "get" & keyof Paths[Path]>;

type Query = Record<string, unknown>;
type Get = (path: unknown, init: { params: { query: Query } }) => Promise<ApiResult>;

/**
 * Reads a list page by page: follows `_metadata.next`, given back as the query parameter `next`, or the query of
 * `nextLink`, and stops where that is `null` or absent. Each page is one call, with the retries of the client.
 *
 * Source: the documents of the APIs that act on a connected account.
 *
 * @param init - what `api.GET(path, init)` takes; it holds for every page
 * @throws {@link RolloutApiError} and the other errors of a call; {@link RolloutResponseError} `invalid_response` when a page
 *   names itself as the next
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
export async function* paginate<Paths extends {}, Path extends PagedPath<Paths> & keyof Paths>(
  api: RolloutApi<Paths>,
  path: Path,
  ...[init]: ApiArguments<Paths[Path], "get" & keyof Paths[Path]>
): AsyncGenerator<MethodResponse<Client<Paths>, "get", Path>, void, undefined> {
  // Which parameters there are is settled by the types above; here they are names and values.
  const get = api.GET as unknown as Get;
  const settings: { params?: { query?: Query } | undefined } = { ...init };
  let query: Query = { ...settings.params?.query };
  for (let link: string | undefined; ; ) {
    const result = await get(path, { ...settings, params: { ...settings.params, query } });
    const page = unwrap(result);
    yield page;
    const next = nextPage(page);
    if (next === undefined) return;
    if (next.link === link) {
      throw invalidResponseError(result.response, "its page names itself as the next one", reportOf(result));
    }
    link = next.link;
    query = { ...query, ...next.query };
  }
}

function nextPage(page: unknown): { readonly link: string; readonly query: Query } | undefined {
  const next = textAt(memberOf(page, "_metadata"), "next");
  if (next !== undefined) return { link: next, query: { next } };
  const link = textAt(page, "nextLink");
  // Only its query is used: the token goes to the origin of the client, whatever a link says.
  return link === undefined ? undefined : { link, query: queryOf(link) };
}

function queryOf(link: string): Query {
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(link)?.[1]);
  const names = new Set(parameters.keys());
  return Object.fromEntries(
    Array.from(names, (name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function textAt(value: unknown, key: string): string | undefined {
  const text = memberOf(value, key);
  return typeof text === "string" && text !== "" ? text : undefined;
}
