import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import express, { type ErrorRequestHandler } from "express";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { listen } from "../../support/listen.ts";
import { POST } from "../app/webhooks/rollout/route.ts";
import { forgetEvents, savedEvents } from "./events.ts";
import { app as expressApp } from "./express.ts";
import { app as fastifyApp } from "./fastify.ts";
import { app as honoApp } from "./hono.ts";

const CLIENT_SECRET = "made-up-client-secret";

const event = {
  eventId: "event_1",
  eventCreated: "2026-11-24T12:00:00.000Z",
  event: "peopleCreated",
  resourceIds: ["J\u00fcrgen"],
  uri: "https://crm.universal.rollout.com/people?ids=person_1",
};
// Indented, so that a body that is parsed and written again has other bytes.
const body = JSON.stringify(event, undefined, 2);

const servers: Record<string, () => Promise<Server>> = {
  Express: async () => createServer(expressApp),
  Fastify: async () => {
    await fastifyApp.ready();
    return createServer((request, response) => fastifyApp.routing(request, response));
  },
  Hono: async () => nodeServer(honoApp.fetch),
  "a Next.js route handler": async () => nodeServer(POST),
};

function nodeServer(respond: (request: Request) => Response | Promise<Response>): Server {
  const server = createAdaptorServer({ fetch: respond, createServer });
  expect.assert("closeAllConnections" in server);
  return server;
}

function sign(delivered: string, encoding: "hex" | "base64" = "hex"): string {
  return createHmac("sha256", CLIENT_SECRET).update(Buffer.from(delivered).toString("base64")).digest(encoding);
}

async function deliver(port: number, delivered: string, signature?: string): Promise<number> {
  const headers = new Headers({ "Content-Type": "application/json" });
  if (signature !== undefined) headers.set("X-Rollout-Signature", signature);
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/rollout`, {
    method: "POST",
    headers,
    body: delivered,
  });
  await response.arrayBuffer();
  return response.status;
}

beforeAll(() => {
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", CLIENT_SECRET);
});
afterEach(forgetEvents);
afterAll(() => {
  vi.unstubAllEnvs();
});

describe.each(Object.keys(servers))("webhooks received by %s", (name) => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    const start = servers[name];
    expect.assert(start !== undefined);
    server = await start();
    port = await listen(server);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test("an event signed in hex or Base64 is saved once, however often it is delivered", async () => {
    const other = JSON.stringify({ ...event, eventId: "event_2" });
    for (const [delivered, encoding] of [
      [body, "hex"],
      [body, "base64"],
      [other, "hex"],
    ] as const) {
      expect(await deliver(port, delivered, sign(delivered, encoding))).toBe(204);
    }
    expect(savedEvents()).toEqual([event, { ...event, eventId: "event_2" }]);
  });

  test.each<[string, string, string | undefined]>([
    ["without a signature", body, undefined],
    ["with a changed body", body.replace("peopleCreated", "peopleDeleted"), sign(body)],
  ])("a delivery %s is refused, and nothing is saved", async (_case, delivered, signature) => {
    expect(await deliver(port, delivered, signature)).toBe(401);
    expect(savedEvents()).toEqual([]);
  });

  test("a signed callback of another kind is acknowledged, one that is not JSON is refused, and neither is saved", async () => {
    const other = JSON.stringify({ status: "complete" });
    expect(await deliver(port, other, sign(other))).toBe(204);
    expect(await deliver(port, "complete", sign("complete"))).toBe(400);
    expect(savedEvents()).toEqual([]);
  });
});

test("express.json() before the route makes each delivery fail with an error that says what to do", async () => {
  const failures: unknown[] = [];
  const report: ErrorRequestHandler = (failure, _request, response, _next) => {
    failures.push(failure);
    response.status(500).end();
  };
  const server = createServer(express().use(express.json(), expressApp, report));
  try {
    expect(await deliver(await listen(server), body, sign(body))).toBe(500);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  expect(failures).toMatchObject([{ code: "invalid_config", message: expect.stringContaining("express.raw(") }]);
});
