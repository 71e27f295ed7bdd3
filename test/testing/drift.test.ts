import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import document from "../../src/generated/openapi.json" with { type: "json" };
import { requestBodies } from "../../src/generated/request-bodies.ts";
import { dataOperations } from "../../src/testing/data-api.ts";
import type { MockOperation } from "../../src/testing/faults.ts";
import { UniversalState, universalOperations } from "../../src/testing/universal-api.ts";
import { input, startMock } from "./setup.ts";

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

// "nullable" and the rest of OpenAPI 3.0 beside JSON Schema.
const ajv = new Ajv({ strict: false });
const responses = Object.entries(document.components.responses);
const paths = JSON.stringify(document.paths, (_key, value) => {
  const [, response] = responses.find(([name]) => value?.$ref === `#/components/responses/${name}`) ?? [];
  return response ?? value;
});
ajv.addSchema({ ...document, paths: JSON.parse(paths), $id: "openapi.json" });

/** The statuses that the document declares for an operation. */
function statusesOf(operation: string): string[] {
  const [method = "", path = ""] = operation.split(" ");
  const methods: Record<string, { responses: object }> = Reflect.get(document.paths, path);
  return Object.keys(methods[method.toLowerCase()]?.responses ?? {});
}

/** How ajv judges the JSON body at a place of an operation; `undefined` when the document has none there. */
function bodyAt(operation: string, ...place: string[]) {
  const [method = "", path = ""] = operation.split(" ");
  const keys = ["paths", path, method.toLowerCase(), ...place, "content", "application/json", "schema"];
  const pointer = keys.map((key) => encodeURIComponent(key.replaceAll("/", "~1")));
  return ajv.getSchema(`openapi.json#/${pointer.join("/")}`);
}

/** Whether the body of a response is the one that the document gives its status: JSON that fits, or nothing. */
async function hasBodyOfDocument(operation: string, response: Response): Promise<boolean> {
  const text = await response.text();
  const fits = bodyAt(operation, "responses", String(response.status));
  return fits === undefined ? text === "" : fits(JSON.parse(text)) === true;
}

const VALID_BODIES: Readonly<Record<string, unknown>> = {
  "POST /credentials": { ...input, userInputs: { scopes: ["a"], apiKey: "b" }, entitiesToSync: { tasks: true } },
  "PUT /credentials/{credentialId}": { entitiesToSync: { tasks: true } },
  "POST /oauth/authorize-url": { appKey: "hubspot" },
};

/** A mock with one credential, and `call` for an operation that acts on it. */
async function startWithCredential() {
  const started = startMock();
  await started.send("POST /credentials", input);
  const call = (operation: string, body = VALID_BODIES[operation], headers: Readonly<Record<string, string>> = {}) => {
    const target = operation
      .replace("{credentialId}", "cred_1")
      .replace("DELETE /credentials", "$&?credentialId=cred_1");
    return started.send(target, body, headers);
  };
  return { ...started, call };
}

/** The operations that editors complete in `failNext`. */
const NAMED: Readonly<Record<MockOperation, true>> = {
  "POST /credentials": true,
  "GET /credentials": true,
  "PUT /credentials/{credentialId}": true,
  "DELETE /credentials": true,
  "GET /connectors": true,
  "POST /oauth/authorize-url": true,
  "GET /webhooks": true,
  "POST /webhooks": true,
  "PUT /webhooks/{id}": true,
  "DELETE /webhooks/{id}": true,
};

test("editors complete every operation of a mock without collections", () => {
  const state = new UniversalState();
  const all = [...universalOperations(state, {}, ""), ...dataOperations(state, {}, 0, "")].map(({ name }) => name);
  expect(Object.keys(NAMED).sort()).toEqual(all.sort());
});

test("the mock has the operations of the document, and checks the body of each that takes one", () => {
  const names = universalOperations(new UniversalState(), {}, "").map(({ name }) => name);
  expect(names.sort()).toEqual([...operations].sort());
  const withBody = operations.filter((operation) => bodyAt(operation, "requestBody") !== undefined);
  expect(Object.keys(requestBodies).sort()).toEqual(withBody.sort());
});

/** Requests for an operation that the mock cannot act on, in every way that there is. */
const REFUSED: readonly [operation: string, target: string, body: unknown, status: number][] = [
  ...operations.map((operation): [string, string, unknown, number] => [operation, operation, undefined, 401]),
  ["POST /credentials", "POST /credentials", {}, 400],
  ["PUT /credentials/{credentialId}", "PUT /credentials/cred_1", {}, 400],
  ["PUT /credentials/{credentialId}", "PUT /credentials/cred_9", { entitiesToSync: {} }, 404],
  ["DELETE /credentials", "DELETE /credentials", undefined, 400],
  ["DELETE /credentials", "DELETE /credentials?credentialId=cred_9", undefined, 404],
  ["POST /oauth/authorize-url", "POST /oauth/authorize-url", {}, 400],
];

test.each(operations)("the response to %s is as in the document", async (operation) => {
  const { call } = await startWithCredential();
  const response = await call(operation);
  expect([response.status, response.headers.has("date")]).toEqual([200, true]);
  expect(await hasBodyOfDocument(operation, response)).toBe(true);
});

test.each(REFUSED)(
  "the refusal of %s, sent as %s with %j, is a %i of the document",
  async (operation, target, body, status) => {
    const { send } = await startWithCredential();
    const headers: Readonly<Record<string, string>> = status === 401 ? { Authorization: "Bearer none" } : {};
    const response = await send(target, body, headers);
    expect([response.status, response.headers.has("date")]).toEqual([status, true]);
    expect(statusesOf(operation)).toContain(String(status));
    expect(await hasBodyOfDocument(operation, response)).toBe(true);
  },
);

test.each(["GET /credentials?includeProfile=true&includeData=true", "POST /credentials"])(
  "the response to %s is as in the document with everything in it, and as a challenge",
  async (target) => {
    const { mock, send } = await startWithCredential();
    mock.requireOtp("follow-up-boss", "123456");
    const response = await send(target, target.startsWith("POST") ? input : undefined);
    expect(await hasBodyOfDocument(target.replace(/\?.*/, ""), response)).toBe(true);
  },
);

const anything = fc.jsonValue({ maxDepth: 1 });

/** A body as it is, and with one part of it left out, added or replaced by anything. */
function variantsOf(body: unknown): fc.Arbitrary<unknown> {
  const replaced = [fc.constant(body), anything];
  if (Array.isArray(body))
    return fc.oneof(...replaced, ...body.map((item) => variantsOf(item).map((other) => [other])));
  if (typeof body !== "object" || body === null) return fc.oneof(...replaced);
  const changed = Object.entries(body).flatMap(([name, member]) => {
    const { [name]: _, ...rest } = { ...body, [name]: member };
    return [fc.constant(rest), variantsOf(member).map((other) => ({ ...rest, [name]: other }))];
  });
  const added = fc.dictionary(fc.string(), anything, { maxKeys: 1 }).map((more) => ({ ...more, ...body }));
  return fc.oneof(...replaced, added, ...changed);
}

test.each(Object.entries(VALID_BODIES))("a body of %s gets the verdict of the document", async (operation, valid) => {
  const { call } = await startWithCredential();
  const fits = bodyAt(operation, "requestBody");
  const verdicts = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(variantsOf(valid), async (body) => {
      // As JSON, which has no undefined and no -0.
      const verdict = fits?.(JSON.parse(JSON.stringify(body)));
      verdicts.add(verdict);
      const response = await call(operation, body);
      expect(response.status).toBe(verdict ? 200 : 400);
      if (!verdict) expect((await response.json()).errors[0].message).toMatch(/\.$/);
    }),
  );
  // The bodies were of both kinds, or this would prove nothing.
  expect(verdicts).toEqual(new Set([true, false]));
});

const KNOWN_KEYWORDS = new Set([
  ...["type", "nullable", "enum", "allOf", "anyOf", "properties", "required", "additionalProperties", "items"],
  ...["description", "example"],
]);

/** The keywords of a schema and of the schemas in it. */
function keywordsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywordsOf);
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const inside = keyword === "properties" ? Object.values(Object(value)) : value;
    return [keyword, ...(["enum", "required", "example"].includes(keyword) ? [] : keywordsOf(inside))];
  });
}

test("the mock knows every keyword of the document's request bodies", () => {
  const unknown = Object.values(requestBodies).flatMap(keywordsOf);
  expect(unknown.filter((keyword) => !KNOWN_KEYWORDS.has(keyword))).toEqual([]);
});
