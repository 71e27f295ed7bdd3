import { EventEmitter, once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** Makes a server listen on a free port of 127.0.0.1, and resolves to the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address.port;
}

/** Starts a server on loopback. It ends with its test, or when it is closed. */
async function start(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that leaves early is what many tests are about.
    socket.on("error", () => {});
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, port, sockets, close };
}

/** Starts a server with a listener of `node:http`. */
export function serve(listener: RequestListener) {
  return start(createHttpServer(listener));
}

/** Starts a server that does what it likes with each connection. */
export function startRawServer(onConnection: (socket: Socket) => void) {
  return start(createServer(onConnection));
}

/** A port of 127.0.0.1 on which nobody listens until the end of the test. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  const client = connect(port, "127.0.0.1");
  await once(server, "connection");
  // The connection that stays keeps the system from giving the port to another server.
  server.close();
  onTestFinished(() => void client.destroy());
  return port;
}

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** The path, with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A response to send. */
export interface PlainResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A response with a JSON body. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): PlainResponse {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** The response to a create that succeeds. */
export const CREATED: PlainResponse = json({ id: "cred_1" });

/** Starts a server that records each request, then responds to it. */
export async function startHttpServer(
  respond: (request: ReceivedRequest) => PlainResponse | Promise<PlainResponse> = () => CREATED,
) {
  const requests: ReceivedRequest[] = [];
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = message;
    const request: ReceivedRequest = { method, url, headers, body: await text(message) };
    requests.push(request);
    const { status = 200, headers: responseHeaders, body } = await respond(request);
    response.writeHead(status, responseHeaders).end(body);
  };
  const { url, port } = await serve((message, response) => {
    handle(message, response).catch((failure: Error) => response.destroy(failure));
  });
  return { url, port, requests };
}

/** A request that a server has read to its last byte. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** What stands behind `Bearer` in the `Authorization` header. */
  readonly token: string | undefined;
}

/** Responds to a request that has been read to its last byte: with any bytes, or by what it does to the socket. */
export type Responder = (socket: Socket, request: RawRequest) => void;

/** Starts a raw server: each request gets the next response, and every request after the last response gets that one. */
export async function startSocketServer(...responders: readonly [Responder, ...Responder[]]) {
  const requests: RawRequest[] = [];
  const arrivals = new EventEmitter();
  const { url, port, sockets } = await startRawServer((socket) => {
    readRequests(socket, (request) => {
      requests.push(request);
      const respondTo = responders[requests.length - 1] ?? responders.at(-1);
      respondTo?.(socket, request);
      arrivals.emit("request");
    });
  });
  return {
    port,
    url,
    requests,
    /** Resolves when `count` requests have been read. */
    async received(count: number) {
      while (requests.length < count) await once(arrivals, "request");
    },
    /** Resolves when the connections that are open now have ended. */
    async closed() {
      await Promise.all([...sockets].map((socket) => new Promise<unknown>((resolve) => socket.once("close", resolve))));
    },
  };
}

function readRequests(socket: Socket, onRequest: (request: RawRequest) => void): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd === -1) return;
      const [requestLine = "", ...lines] = pending.subarray(0, headEnd).toString("latin1").split("\r\n");
      const headers = new Headers(
        lines.map((line): [string, string] => [line.split(":")[0] ?? "", line.replace(/^.*?:/, "")]),
      );
      const bodyStart = headEnd + 4;
      const bodyEnd = bodyStart + Number(headers.get("content-length") ?? 0);
      if (pending.length < bodyEnd) return;
      const body = pending.subarray(bodyStart, bodyEnd).toString();
      pending = pending.subarray(bodyEnd);
      const [method = "", path = ""] = requestLine.split(" ");
      const token = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1];
      onRequest({ method, path, headers, body, token });
    }
  });
}

/** The bytes of a complete response, whose `Content-Length` is right unless `headers` say otherwise. */
export function responseBytes(
  status: number,
  body: string | Uint8Array = "",
  headers: Record<string, string> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = { "Content-Type": "application/json", "Content-Length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`, "latin1"), bytes]);
}

/** Sends a complete response. */
export function respond(
  status: number,
  body: unknown = { id: "made-up" },
  headers: Record<string, string> = {},
): Responder {
  return (socket, { method }) => {
    const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const bytes = responseBytes(status, text, headers);
    socket.write(method === "HEAD" ? bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4) : bytes);
  };
}

/** Writes these bytes and leaves the connection open. */
export function write(bytes: string | Uint8Array): Responder {
  return (socket) => {
    socket.write(bytes);
  };
}

/** Writes these bytes and ends the connection properly. */
export function writeAndClose(bytes: string | Uint8Array): Responder {
  return (socket) => {
    socket.end(bytes);
  };
}

/** Resets the connection, when these bytes have been handed to the system if there are any. */
export function writeAndReset(bytes: string | Uint8Array = ""): Responder {
  return (socket) => {
    if (bytes.length === 0) socket.resetAndDestroy();
    else socket.write(bytes, () => socket.resetAndDestroy());
  };
}

/** Never responds. */
export const hang: Responder = () => {};
