import { Readable } from "node:stream";
import { type Dispatcher, request } from "undici";

/** A `fetch` for rollout-client over undici's `request`, which does less for each request than Node's `fetch`. */
export async function fasterFetch(url: string, init: RequestInit): Promise<Response> {
  const { headers, body = null, signal = null } = init;
  if (body !== null && typeof body !== "string") return fetch(url, init);
  const method = init.method as Dispatcher.HttpMethod;
  const received = await request(url, { method, headers: [...new Headers(headers)].flat(), body, signal });
  const responseHeaders = new Headers();
  for (const [name, values = []] of Object.entries(received.headers)) {
    for (const value of [values].flat()) responseHeaders.append(name, value);
  }
  // Node and the DOM have a type each for the same stream.
  const stream = Readable.toWeb(received.body) as ReadableStream;
  const { statusCode: status } = received;
  return new Response(status === 204 || status === 304 ? null : stream, { status, headers: responseHeaders });
}
