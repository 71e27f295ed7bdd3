import { createHmac } from "node:crypto";
import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express, { type ErrorRequestHandler } from "express";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { serve } from "../../support/servers.ts";
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

const listeners: readonly (readonly [string, RequestListener])[] = [
  ["Express", expressApp],
  ["Fastify", (request, response) => fastifyApp.routing(request, response)],
  ["Hono", getRequestListener(honoApp.fetch)],
  ["a Next.js route handler", getRequestListener(POST)],
];

function sign(delivered: string, encoding: "hex" | "base64" = "hex"): string {
  return createHmac("sha256", CLIENT_SECRET).update(Buffer.from(delivered).toString("base64")).digest(encoding);
}

/** Starts a server, and returns a function that delivers a body to it and resolves to the status of the response. */
async function startReceiver(listener: RequestListener) {
  const { url } = await serve(listener);
  return async (delivered: string, signature = sign(delivered)): Promise<number> => {
    const headers = { "Content-Type": "application/json", ...(signature && { "X-Rollout-Signature": signature }) };
    return (await fetch(`${url}/webhooks/rollout`, { method: "POST", headers, body: delivered })).status;
  };
}

beforeAll(() => {
  vi.stubEnv("ROLLOUT_CLIENT_SECRET", CLIENT_SECRET);
  return fastifyApp.ready();
});
afterEach(forgetEvents);
afterAll(() => {
  vi.unstubAllEnvs();
});

test.each(listeners)("%s saves a signed event once, and nothing else", async (_name, listener) => {
  const deliver = await startReceiver(listener);
  expect(await deliver(body, "")).toBe(401);
  expect(await deliver(body.replace("peopleCreated", "peopleDeleted"), sign(body))).toBe(401);
  expect(await deliver("complete")).toBe(400);
  // A callback of another kind.
  expect(await deliver(JSON.stringify({ status: "complete" }))).toBe(204);
  expect(savedEvents()).toEqual([]);
  expect(await deliver(body, sign(body, "hex"))).toBe(204);
  expect(await deliver(body, sign(body, "base64"))).toBe(204);
  expect(await deliver(JSON.stringify({ ...event, eventId: "event_2" }))).toBe(204);
  expect(savedEvents()).toEqual([event, { ...event, eventId: "event_2" }]);
});

test("express.json() before the route makes each delivery fail with an error of the body", async () => {
  const failures: unknown[] = [];
  const report: ErrorRequestHandler = (failure, _request, response, _next) => {
    failures.push(failure);
    response.status(500).end();
  };
  const deliver = await startReceiver(express().use(express.json(), expressApp, report));
  expect(await deliver(body)).toBe(500);
  expect(failures).toMatchObject([{ code: "invalid_input", option: "body" }]);
});
