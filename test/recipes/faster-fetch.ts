import { type Dispatcher, request } from "undici";

/** A `fetch` for rollout-client over undici's `request`, which does less for each request than Node's `fetch`. */
export async function fasterFetch(url: string, init: RequestInit): Promise<Response> {
  const { headers, body = null, signal = null } = init;
  if (body !== null && typeof body !== "string") return fetch(url, init);
  const method = init.method as Dispatcher.HttpMethod;
  const sent = { method, headers: [...new Headers(headers)].flat(), body, signal };
  const received = await request(url, sent).catch((cause) => {
    throw new TypeError("fetch failed", { cause });
  });
  const responseHeaders = new Headers();
  for (const [name, values = []] of Object.entries(received.headers)) {
    for (const value of [values].flat()) responseHeaders.append(name, value);
  }
  const { statusCode: status } = received;
  const stream = status === 204 || status === 304 ? null : streamOf(received.body);
  return new Response(stream, { status, headers: responseHeaders });
}

// Not Readable.toWeb: in Node 20, a chunk that arrives after `cancel` ends the process.
function streamOf(body: AsyncIterable<Uint8Array> & { destroy(): unknown }): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void body.destroy(),
  });
}
