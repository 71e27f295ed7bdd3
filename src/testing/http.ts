import { isObject, NULL_BODY_STATUSES, parseJson } from "../values.ts";

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

/** A request with a valid token, as an operation acts on it. */
export interface Call extends MockRequest {
  readonly userId: string;
  /** The last segment of the path, decoded. */
  readonly lastSegment: string;
}

/** An operation of one of the APIs that the mock plays. */
export interface Operation {
  /** Its method and the template of its path, such as `PUT /credentials/{credentialId}`. */
  readonly name: string;
  /** Acts on a request. */
  readonly respond: (call: Call) => Response;
  /** Makes an error response in the shape of the operation's API. */
  readonly refuse: (status: number, ...messages: readonly string[]) => Response;
}

/** Whether a method and a path are for an operation. */
export function isFor({ name }: Operation, method: string, path: string): boolean {
  const [ownMethod, template = ""] = name.split(" ");
  const expected = template.split("/");
  const segments = path.split("/");
  const fits = (part: string, index: number): boolean =>
    part.startsWith("{") ? segments[index] !== "" : part === segments[index];
  return method === ownMethod && segments.length === expected.length && expected.every(fits);
}

/** The method of a request and its path below the base URL, from the arguments of `fetch`. */
export function readTarget(
  input: string | URL | Request,
  init: RequestInit,
  baseUrl: string,
): Pick<MockRequest, "method" | "path" | "query"> {
  const request = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input);
  const method = (init.method ?? request?.method ?? "GET").toUpperCase();
  return { method, path: pathBelow(baseUrl, url), query: url.searchParams };
}

/** The headers and the body of a request, from the arguments of `fetch`. */
export async function readContent(
  input: string | URL | Request,
  init: RequestInit,
): Promise<Pick<MockRequest, "headers" | "body">> {
  const request = input instanceof Request ? input : undefined;
  // A Response reads every kind of body that `fetch` sends, and knows its media type.
  const content = new Response(init.body ?? request?.body ?? null);
  const headers = new Headers(init.headers ?? request?.headers);
  const mediaType = content.headers.get("Content-Type");
  if (mediaType !== null && !headers.has("Content-Type")) headers.set("Content-Type", mediaType);
  const text = await content.text();
  return { headers, body: text === "" ? undefined : (parseJson(text) ?? text) };
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

/** The keywords of JSON Schema that the request bodies of the document use. */
export interface JsonSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
}

/** What is wrong with a body, one sentence for each problem; empty when it fits the schema. */
export function findProblems(value: unknown, schema: JsonSchema, place = "The body"): readonly string[] {
  if (value === null && schema.nullable === true) return [];
  if (schema.type !== undefined && !hasType(value, schema.type)) return [`${place} must be of type ${schema.type}.`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${place} must be one of ${schema.enum.join(", ")}.`];
  }
  if (schema.anyOf !== undefined && !schema.anyOf.some((choice) => findProblems(value, choice).length === 0)) {
    const types = new Set(schema.anyOf.map(({ type = "another type" }) => type));
    return [`${place} must be of type ${[...types].join(" or ")}.`];
  }
  const problems = (schema.allOf ?? []).flatMap((part) => findProblems(value, part, place));
  if (problems.length > 0) return problems;
  if (Array.isArray(value)) return value.flatMap((item, index) => itemProblems(item, schema, `${place}[${index}]`));
  return isObject(value) ? objectProblems(value, schema, place) : [];
}

function itemProblems(item: unknown, { items }: JsonSchema, place: string): readonly string[] {
  return items === undefined ? [] : findProblems(item, items, place);
}

function objectProblems(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: JsonSchema,
  place: string,
): readonly string[] {
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  const found = Object.entries(value).flatMap(([name, member]) => {
    const memberPlace = place === "The body" ? name : `${place}.${name}`;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) return findProblems(member, known, memberPlace);
    if (additionalProperties === false) return [`${memberPlace} is not a property that the API knows.`];
    return additionalProperties === true ? [] : findProblems(member, additionalProperties, memberPlace);
  });
  return [...missing.map((name) => `${place} must have the property ${name}.`), ...found];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** A response with a JSON body. Every response of the mock carries `Date`, as those of real servers do. */
export function jsonResponse(body: unknown, status = 200): Response {
  return textResponse(JSON.stringify(body), status, { "Content-Type": "application/json" });
}

/** An error of the Universal API, in the shape that the document gives for 400 and 500. */
export function errorResponse(status: number, ...messages: readonly string[]): Response {
  return jsonResponse({ errors: messages.map((message) => ({ message })) }, status);
}

/** An error of one of the other APIs, in the shape of their documents. */
export function dataErrorResponse(status: number, ...messages: readonly string[]): Response {
  return jsonResponse({ errorMessage: messages.join(" ") }, status);
}

/** A response without a body. */
export function emptyResponse(status = 200): Response {
  return new Response(null, { status, headers: { "Content-Length": "0", Date: now() } });
}

/** A response with this body, unless its status has none. */
export function textResponse(
  body: string | ReadableStream<Uint8Array>,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  const sent = NULL_BODY_STATUSES.includes(status) ? null : body;
  return new Response(sent, { status, headers: { Date: now(), ...headers } });
}

function now(): string {
  return new Date().toUTCString();
}
