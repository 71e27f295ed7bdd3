import { parseJson } from "../values.ts";
import { tokenUserId } from "./tokens.ts";

/** A request that the mock has received. */
export interface MockRequest {
  /** In capital letters, such as `POST`. */
  readonly method: string;
  /** The path below `baseUrl`, without the query, such as `/credentials`. */
  readonly path: string;
  /** The parameters of the query. */
  readonly query: URLSearchParams;
  /** The headers, `Authorization` included. */
  readonly headers: Headers;
  /** The value of a JSON body, the text of any other; `undefined` without a body. */
  readonly body: unknown;
  /** The `sub` of the bearer token; `undefined` when there is none. */
  readonly userId: string | undefined;
}

/** Reads the arguments of `fetch`. */
export async function readRequest(
  input: string | URL | Request,
  init: RequestInit,
  baseUrl: string,
): Promise<MockRequest> {
  const request = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input);
  // A Response reads every kind of body that `fetch` sends, and knows its media type.
  const content = new Response(init.body ?? request?.body ?? null);
  const headers = new Headers(init.headers ?? request?.headers);
  const mediaType = content.headers.get("Content-Type");
  if (mediaType !== null && !headers.has("Content-Type")) headers.set("Content-Type", mediaType);
  const text = await content.text();
  return {
    method: (init.method ?? request?.method ?? "GET").toUpperCase(),
    path: pathBelow(baseUrl, url),
    query: url.searchParams,
    headers,
    body: text === "" ? undefined : (parseJson(text) ?? text),
    userId: tokenUserId(headers.get("Authorization")),
  };
}

/** A segment of a path without its percent-encoding; unchanged if that is malformed. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path of a URL below the base URL; the whole URL when it is not below it, which no operation matches. */
export function pathBelow(baseUrl: string, url: URL): string {
  const location = `${url.origin}${url.pathname}`;
  return location.startsWith(`${baseUrl}/`) ? location.slice(baseUrl.length) : location;
}
