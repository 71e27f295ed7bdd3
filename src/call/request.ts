import { defaultPathSerializer, type HeadersOptions, mergeHeaders } from "openapi-fetch";
import { checkText } from "../checks.ts";
import { invalidConfig, invalidInput } from "../errors/errors.ts";
import type { HeaderValues } from "../options.ts";
import { isObject, isPathSegment, memberOf } from "../values.ts";
import type { BodyStream, FetchInit } from "./attempt.ts";
import type { CallInit } from "./call.ts";

/**
 * A request that can be sent any number of times, each time with its own token. Without middleware, openapi-fetch creates it in
 * the place of a `Request`, which is slow.
 */
export class OutgoingRequest {
  declare readonly url: string;
  declare readonly init: Omit<FetchInit, "redirect" | "signal">;

  constructor(url: string, init: OutgoingRequest["init"]) {
    this.url = url;
    this.init = init;
  }
}

/** Reads the platform's request, which middleware may have changed. `options` are for `fetch`, such as `dispatcher`. */
export async function requestOf(
  request: Request,
  body: FetchInit["body"],
  options: object | undefined,
): Promise<OutgoingRequest> {
  const { url, method, bodyUsed } = request;
  if (bodyUsed) throw invalidConfig("middleware", "must not read the body of a request: read that of request.clone()");
  const init = { ...options, method, headers: new Headers(request.headers) };
  if (isStream(body) && isStream(request.body)) return new OutgoingRequest(url, { ...init, body: request.body });
  const bytes = await request.arrayBuffer();
  return new OutgoingRequest(url, bytes.byteLength === 0 ? init : { ...init, body: bytes });
}

/** Type guard: whether a body is a stream, which can be sent only once. Platforms take Node's too, whatever their types say. */
export function isStream(body: unknown): body is BodyStream {
  return isObject(body) && ("getReader" in body || Symbol.asyncIterator in body);
}

/** Whether the platform refuses a request with this init, whatever the network does. One that refuses every request is broken. */
export function isRefused(url: string, init: object): boolean {
  const refuses = (given: object): boolean => {
    try {
      new Request(url, given);
      return false;
    } catch {
      return true;
    }
  };
  // A stream that has been read would be refused too, so a text takes its place.
  return refuses({ ...init, body: memberOf(init, "body") === undefined ? null : "" }) && !refuses({});
}

const FORM = "application/x-www-form-urlencoded";
const BYTES = "application/octet-stream";
const FETCH_BODIES = /^(?:FormData|URLSearchParams|Blob|File|ArrayBuffer)$/;

/** Serializes a body as openapi-fetch does: as JSON, or as a form. What `fetch` takes itself stays as it is. */
export function serializeBody(body: unknown, headers: Headers): unknown {
  if (ArrayBuffer.isView(body) || isStream(body) || FETCH_BODIES.test(kindOf(body))) return body;
  const isForm = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() === FORM;
  if (isForm && isObject(body)) return String(new URLSearchParams(Object(body)));
  try {
    return JSON.stringify(body);
  } catch {
    // Without the cause: its message may quote the body.
    throw invalidInput("body", "cannot be written as JSON");
  }
}

/** Serializes the body of a call. Adds the media type to `headers` where it is not JSON, and nobody named it. */
export async function bodyOf(
  { body, bodySerializer = serializeBody }: CallInit,
  defaults: HeaderValues,
  headers: HeaderValues,
  parameters?: HeadersOptions | undefined,
): Promise<FetchInit["body"]> {
  if (body === undefined) return undefined;
  const merged = mergeHeaders(defaults, headers, parameters);
  const serialized = bodySerializer(body, merged);
  if (serialized === undefined || serialized === null) return undefined;
  if (typeof serialized === "string") return serialized;
  if (isStream(serialized)) {
    if (serialized === body && !merged.has("content-type")) headers["content-type"] = BYTES;
    return serialized;
  }
  const content = new Response(Object(serialized));
  const mediaType = content.headers.get("content-type") ?? BYTES;
  // A body that the platform does not know becomes a text such as "[object FormData]".
  if (mediaType === "text/plain;charset=UTF-8" && kindOf(serialized) !== "String") {
    throw invalidInput("body", `must be the platform's ${kindOf(serialized)}: its fetch sends any other as text`);
  }
  if (!merged.has("content-type")) headers["content-type"] = mediaType;
  // Read at once, so that it can be sent again, and does not change while it waits.
  return content.arrayBuffer();
}

/**
 * Prepares the parameters of a query: a `Date` is sent as ISO 8601, what is `undefined` or empty is left out, and names are
 * encoded. Rejects values that openapi-fetch would leave out silently.
 */
export function serializableQuery(query: object): Record<string, unknown> {
  const prepared = Object.entries(query).map(([name, value]) => {
    const primitive = (member: unknown): unknown => primitiveOf(member, `params.query.${name}`);
    if (Array.isArray(value)) return [encodeName(name), value.map(primitive).filter((member) => member !== undefined)];
    if (kindOf(value) !== "Object") return [encodeName(name), primitive(value)];
    const members = Object.entries(value).map(([key, member]) => [encodeName(key), primitive(member)]);
    const present = members.filter(([, member]) => member !== undefined);
    return [encodeName(name), present.length === 0 ? undefined : Object.fromEntries(present)];
  });
  return Object.fromEntries(prepared);
}

/** A value that a URL can have; `undefined` for none. */
function primitiveOf(value: unknown, parameter: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (kindOf(value) === "Date" && !Number.isNaN(Number(value))) return new Date(Number(value)).toISOString();
  const isValue = ["string", "number", "boolean", "bigint"].includes(typeof value) && !Number.isNaN(value);
  if (isValue && !/\p{Surrogate}/u.test(String(value))) return value;
  throw invalidInput(parameter, "must be text, a number, a boolean or a Date, or an array or an object of these");
}

function encodeName(name: string): string {
  if (/\p{Surrogate}/u.test(name)) throw invalidInput("params.query", "has a name that a URL cannot have");
  // Brackets stay: names such as `filter[name]` and `tags[]` are usual.
  return encodeURIComponent(name).replaceAll("%5B", "[").replaceAll("%5D", "]");
}

/** Checks a method and a path. Messages, log lines and records show both, the method in capitals. */
export function checkTarget(method: unknown, path: unknown): { readonly method: string; readonly path: string } {
  const target = { method: checkText("method", method).toUpperCase(), path: checkText("path", path) };
  // A token (RFC 9110, section 9.1).
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(target.method)) throw invalidInput("method", "must be an HTTP method, such as GET");
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(target.path)) throw invalidInput("path", "must have no control characters");
  return target;
}

/**
 * Rejects values that would change a path: missing and empty ones, `.` and `..`, which a URL parser resolves, encoded or not
 * (URL Standard, section 4.4).
 */
export function checkPath(path: string, values: Readonly<Record<string, unknown>>): void {
  for (const [, expression = ""] of path.includes("{") ? path.matchAll(/\{([^{}]+)\}/g) : []) {
    // The characters around the name choose a style of serialization: {.name*}, {;name}.
    const name = expression.replace(/^[.;]|\*$/g, "");
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === null) {
      throw invalidInput(`params.path.${name}`, `is missing: the path ${path} needs it`);
    }
    if (!isSegment(value, expression, name)) {
      throw invalidInput(`params.path.${name}`, 'must not be empty, "." or "..": it would change the path');
    }
  }
}

function isSegment(value: unknown, expression: string, name: string): boolean {
  try {
    const segment = defaultPathSerializer(`{${expression}}`, { [name]: value });
    const isText = typeof value !== "string" || isPathSegment(value);
    // The keys of objects are not encoded.
    return isText && isPathSegment(segment) && !/[/?#\\\p{Cc}]/u.test(segment);
  } catch {
    // A symbol or half a surrogate pair, which cannot be encoded.
    return false;
  }
}

// By its tag: the classes of test environments (Jest, jsdom) are not this module's.
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
