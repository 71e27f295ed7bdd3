import { type Redact, redactBody, redactHeaders } from "./redaction.ts";
import { type Stamp, stamped, stampOf } from "./stamp.ts";

/** An answer is longer than the client is willing to hold. */
export class AnswerTooLong extends Error {}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const lenientUtf8 = new TextDecoder();

/**
 * Reads a body to its last byte, and no more than `limit` bytes of it.
 *
 * @param onReader - is handed what stops the reading, should it have to be ended early
 */
export async function readBody(
  response: Response,
  limit: number,
  onReader: (stop: () => void) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = response.body.getReader();
  const stop = (): void => {
    reader.cancel().catch(() => {});
  };
  onReader(stop);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > limit) {
      stop();
      throw new AnswerTooLong(`the body is longer than ${limit} bytes`);
    }
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/** Does an answer point elsewhere? A browser shows no more of it than its `type`. */
export function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || (response.status >= 300 && response.status <= 399);
}

/** Gives up a body that nobody will read, so that its connection is not kept waiting. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** Makes a success whose body has been read readable again, any number of times. */
export function replaySuccess(response: Response, body: Uint8Array<ArrayBuffer>): Response {
  return replay(response, { bytes: body, decoder: strictUtf8 });
}

/** The same for an error, with the secrets of the call taken out of its body and its headers. */
export function replayError(response: Response, body: Uint8Array<ArrayBuffer>, redact: Redact): Response {
  const text = redactBody(lenientUtf8.decode(body), redact);
  Object.defineProperty(response, "headers", { value: redactHeaders(response.headers, redact) });
  return replay(response, { bytes: new TextEncoder().encode(text), decoder: lenientUtf8 });
}

// By the prototype of the answer, not by the global Response: servers such as @hono/node-server put a class of their own there, and naming
// it at the top of a module would make Node load all that `fetch` is made of.
const replaying = new WeakMap<object, object>();

/**
 * Lets `response` itself answer from memory rather than wrapping it: a `Response` made anew loses its `url`, refuses
 * statuses outside 200 to 599, and costs more than all else that is done to an answer.
 */
function replay(response: Response, body: NonNullable<Stamp["body"]>): Response {
  const stamp = stamped(response);
  const replayed = stamp.body !== undefined;
  stamp.body = body;
  if (replayed) return response;
  const prototype: object = Object.getPrototypeOf(response);
  let replacement = replaying.get(prototype);
  if (replacement === undefined) {
    replacement = createReplaying(prototype);
    replaying.set(prototype, replacement);
  }
  return Object.setPrototypeOf(response, replacement);
}

/** The prototype of an answer whose body is read from memory, whatever is asked for. */
function createReplaying(prototype: object): object {
  const members: object & ThisType<Response> = {
    async text() {
      return textOf(this);
    },
    async json() {
      return JSON.parse(textOf(this));
    },
    async arrayBuffer() {
      return copyOf(this).arrayBuffer();
    },
    async blob() {
      return copyOf(this).blob();
    },
    async bytes() {
      return new Uint8Array(await copyOf(this).arrayBuffer());
    },
    async formData() {
      return copyOf(this).formData();
    },
    clone() {
      return this;
    },
    get body() {
      return copyOf(this).body;
    },
    get bodyUsed() {
      return false;
    },
  };
  return Object.setPrototypeOf(members, prototype);
}

function textOf(response: Response): string {
  const body = stampOf(response)?.body;
  return body === undefined ? "" : body.decoder.decode(body.bytes);
}

function copyOf(response: Response): Response {
  return new Response(stampOf(response)?.body?.bytes ?? null, { headers: response.headers });
}
