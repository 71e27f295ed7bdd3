import { type Redact, redactBody, redactHeaders } from "./redaction.ts";
import { type Stamp, stamped, stampOf } from "./stamp.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An answer came that the client cannot read, or is not willing to hold. */
export class UnreadableAnswer extends Error {}

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
): Promise<Bytes | null> {
  if (response.body === null) return null;
  const reader: ReadableStreamDefaultReader<Bytes> = response.body.getReader();
  const stop = (): void => {
    giveUp(reader);
  };
  onReader(stop);
  const chunks: Bytes[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > limit) {
      stop();
      throw new UnreadableAnswer(`the body is longer than ${limit} bytes`);
    }
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : joined(chunks, length);
}

function joined(chunks: readonly Bytes[], length: number): Bytes {
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
  if (response.body !== null) giveUp(response.body);
}

// Asynchronous, so that nothing of what a foreign body throws gets out.
async function giveUp(body: { cancel(): Promise<void> }): Promise<void> {
  try {
    await body.cancel();
  } catch {
    // Nobody wants it any more.
  }
}

/** Has a `fetch` given what its type promises, as far as the client uses it? */
export function isResponse(answer: Partial<Response> | null | undefined): boolean {
  return (
    typeof answer?.status === "number" &&
    typeof answer.headers?.forEach === "function" &&
    (answer.body === null || typeof answer.body?.getReader === "function")
  );
}

/** Makes a success whose body has been read readable again, any number of times. */
export function replaySuccess(response: Response, bytes: Bytes | null): Response {
  return replay(response, { bytes, decoder: strictUtf8 }, {});
}

/** The same for an error, with the secrets of the call taken out of its body, its headers and its reason phrase. */
export function replayError(response: Response, bytes: Bytes | null, redact: Redact): Response {
  const text = bytes === null ? undefined : redactBody(lenientUtf8.decode(bytes), redact);
  const redacted = text === undefined ? null : new TextEncoder().encode(text);
  const head = {
    headers: redactHeaders(response.headers, redact),
    statusText: redact(String(response.statusText)),
  };
  return replay(response, { bytes: redacted, decoder: lenientUtf8 }, head);
}

/**
 * Lets `response` itself answer from memory rather than wrapping it: a `Response` made anew costs more than all else that is
 * done to an answer. Only where it cannot be changed there is a copy.
 */
function replay(response: Response, body: NonNullable<Stamp["body"]>, head: Partial<Response>): Response {
  const stamp = stamped(response);
  const replayed = stamp.body !== undefined;
  stamp.body = body;
  const changed =
    (replayed || changePrototype(response)) &&
    Object.entries(head).every(([name, value]) =>
      Reflect.defineProperty(response, name, { value, configurable: true }),
    );
  if (changed) return response;
  delete stamp.body;
  return replay(copyOf(response, stamp), body, head);
}

// By the prototype of the answer, not by the global Response: servers such as @hono/node-server put a class of their own there, and naming
// it at the top of a module would make Node load all that `fetch` is made of.
const replaying = new WeakMap<object, object>();

function changePrototype(response: Response): boolean {
  const prototype: object = Object.getPrototypeOf(response);
  let replacement = replaying.get(prototype);
  if (replacement === undefined) {
    replacement = createReplaying(prototype);
    replaying.set(prototype, replacement);
  }
  if (!Reflect.setPrototypeOf(response, replacement)) return false;
  if (!response.bodyUsed) return true;
  // A proxy, such as that of SvelteKit's fetch: its members are called on what it stands for, which has no stamp.
  Reflect.setPrototypeOf(response, prototype);
  return false;
}

const HEAD = ["status", "statusText", "ok", "headers", "url", "type", "redirected"] as const;

/** A copy of all but the body, with any status: a constructor of `Response` would take only those from 200 to 599. */
function copyOf(response: Response, { exchange }: Stamp): Response {
  const copy = new Response();
  for (const name of HEAD) Object.defineProperty(copy, name, { value: response[name], configurable: true });
  if (exchange !== undefined) stamped(copy).exchange = exchange;
  return copy;
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
      return bodyOf(this).arrayBuffer();
    },
    async blob() {
      return bodyOf(this).blob();
    },
    async bytes() {
      return new Uint8Array(await bodyOf(this).arrayBuffer());
    },
    async formData() {
      return bodyOf(this).formData();
    },
    clone() {
      return this;
    },
    get body() {
      return bodyOf(this).body;
    },
    get bodyUsed() {
      return stampOf(this)?.body === undefined;
    },
  };
  return Object.setPrototypeOf(members, prototype);
}

function textOf(response: Response): string {
  const body = stampOf(response)?.body;
  return body?.bytes == null ? "" : body.decoder.decode(body.bytes);
}

/** A response that has the body and can be read once. */
function bodyOf(response: Response): Response {
  return new Response(stampOf(response)?.body?.bytes ?? null, { headers: response.headers });
}
