import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { InputError } from "../../scripts/lib/openapi/input-error.mjs";
import { readDocument } from "../../scripts/lib/spec-update/read-document.mjs";
import { rejection } from "../support/rejection.ts";
import { closedPort, serve } from "../support/servers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Made up", version: "7" },
  servers: [{ url: "https://api.example" }],
  paths: {},
};
const json = JSON.stringify(document);

function inFile(content: string | Uint8Array): string {
  return join(temporaryFolder({ document: content }), "document");
}

test("a document is read from a URL", async () => {
  const { url } = await serve((_, response) => response.end(json));
  expect(await readDocument(url)).toEqual(document);
});

test.each([
  ["JSON with a byte order mark", `\uFEFF${json}`],
  ["YAML with an anchor", `x: &a https://api.example\n${stringify(document).replace(/(?<=url: ).*/, "*a")}`],
])("a document is read from %s", async (_, content) => {
  expect(await readDocument(inFile(content))).toMatchObject(document);
});

test.each<[string, () => string | Promise<string>, string]>([
  ["http, which is not safe", () => "http://api.example/openapi.json", "only https"],
  ["ftp", () => "ftp://api.example/openapi.json", "only https"],
  ["a file URL", () => "file:///etc/hostname", "only https"],
  ["a server that redirects", () => serverWith(302, { Location: "https://elsewhere.example/" }), "302 https://else"],
  ["a server that has none", () => serverWith(404), "404"],
  ["a port where nothing listens", async () => `http://127.0.0.1:${await closedPort()}`, "ECONNREFUSED"],
  ["a server whose body does not end in time", async () => (await serve((_, to) => to.write("{"))).url, "timeout"],
])("a document is refused from %s", async (_case, start, reason) => {
  const url = await start();
  const { message } = await rejection(readDocument(url, { timeout: reason === "timeout" ? 50 : 60_000 }), InputError);
  expect(message.startsWith(`${url}: cannot be read: `)).toBe(true);
  expect(message).toContain(reason);
});

async function serverWith(status: number, headers: Record<string, string> = {}): Promise<string> {
  return (await serve((_, response) => response.writeHead(status, headers).end(json))).url;
}

const other = (members: object): string => JSON.stringify({ ...document, ...members });
const server = (url: string): string => other({ servers: [{ url }] });

test.each([
  ["neither JSON nor YAML", "a: [", "cannot be read as JSON or YAML: Flow sequence"],
  ["broken JSON", '{"openapi": ', "cannot be read as JSON or YAML: Unexpected end"],
  ["not text", new Uint8Array([0xff, 0xfe, 0x00]), "cannot be read: The encoded data was not valid"],
  ["empty", "", "is not OpenAPI 3.0 or 3.1: the document must be object"],
  ["OpenAPI 2", 'swagger: "2.0"', "the document must have required property 'openapi'"],
  ["a future OpenAPI", other({ openapi: "4.0.0" }), "the document/openapi must match pattern"],
  ["without a version", other({ info: {} }), "the document/info must have required property 'version'"],
  ["of a version that is a number", other({ info: { version: 1 } }), "the document/info/version must be string"],
  ["without a server", other({ servers: [] }), "the document/servers must NOT have fewer than 1 items"],
  ["for a relative server", server("/api"), "the document/servers/0/url must match pattern"],
  ["for a server of parts", server("https://{a}.b"), "the document/servers/0/url must match pattern"],
  ["without paths", other({ paths: undefined }), "the document must have required property 'paths'"],
])("a document is refused by name and reason when it is %s", async (_, content, reason) => {
  const file = inFile(content);
  const { message } = await rejection(readDocument(file), InputError);
  expect(message.startsWith(`${file}: `)).toBe(true);
  expect(message).toContain(reason);
});
