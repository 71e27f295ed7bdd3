import { EventEmitter, once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { listen } from "./listen.ts";

export { closedPort } from "./closed-port.ts";

/** A request that a server has read to its last byte. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** What stands behind `Bearer` in the `Authorization` header. */
  readonly token: string | undefined;
}

/** Responds to a request that has been read to its last byte: with any bytes, or by what it does to the socket. */
export type Responder = (socket: Socket, request: ReceivedRequest) => void;

/** A raw server: each request gets the next response, and every request after the last response gets that one. */
export interface SocketServer {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Resolves when `count` requests have been read. */
  received(count: number): Promise<void>;
  /** Resolves when the connections that are open now have ended. */
  closed(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1; it ends with the test. */
export async function startSocketServer(...responders: readonly [Responder, ...Responder[]]): Promise<SocketServer> {
  const requests: ReceivedRequest[] = [];
  const arrivals = new EventEmitter();
  const { port, sockets } = await startRawServer((socket) => {
    readRequests(socket, (request) => {
      requests.push(request);
      const respondTo = responders[requests.length - 1] ?? responders.at(-1);
      respondTo?.(socket, request);
      arrivals.emit("request");
    });
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    async received(count) {
      while (requests.length < count) await once(arrivals, "request");
    },
    async closed() {
      await Promise.all([...sockets].map((socket) => new Promise<unknown>((resolve) => socket.once("close", resolve))));
    },
  };
}

/** Starts a server that does what it likes with each connection; it ends with the test. */
export async function startRawServer(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that leaves early is what most of these tests are about.
    socket.on("error", () => {});
    onConnection(socket);
  });
  const port = await listen(server);
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port, sockets };
}

function readRequests(socket: Socket, onRequest: (request: ReceivedRequest) => void): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd === -1) return;
      const [requestLine = "", ...lines] = pending.subarray(0, headEnd).toString("latin1").split("\r\n");
      const headers = new Headers(lines.map((line): [string, string] => headerOf(line)));
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

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
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
