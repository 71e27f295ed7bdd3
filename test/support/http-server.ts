import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { listen } from "./listen.ts";

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

/** A server on loopback, until the end of the test that opened it. */
export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** What has arrived so far. */
  readonly requests: readonly ReceivedRequest[];
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
): Promise<HttpServer> {
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

/** Starts a server on a free port of 127.0.0.1. It ends with the test, or when it is closed. */
export async function serve(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }> {
  const server = createServer(listener);
  const port = await listen(server);
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, port, close };
}
