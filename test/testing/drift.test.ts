import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import document from "../../src/generated/openapi.json" with { type: "json" };
import { requestBodies } from "../../src/generated/request-bodies.ts";
import { dataOperations } from "../../src/testing/data-api.ts";
import type { MockOperation } from "../../src/testing/faults.ts";
import { UniversalState, universalOperations } from "../../src/testing/universal-api.ts";
import { input, startMock } from "./setup.ts";

/** The statuses that the document declares, by operation. */
const statuses = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]): [string, string[]] => [
      `${method.toUpperCase()} ${path}`,
      Object.keys(responses),
    ]),
  ),
);
const operations = [...statuses.keys()];

// "nullable" and the rest of OpenAPI 3.0 beside JSON Schema.
const ajv = new Ajv({ strict: false });
const responses = Object.entries(document.components.responses);
const paths = JSON.stringify(document.paths, (_key, value) => {
  const [, response] = responses.find(([name]) => value?.$ref === `#/components/responses/${name}`) ?? [];
  return response ?? value;
});
ajv.addSchema({ ...document, paths: JSON.parse(paths), $id: "openapi.json" });

/** How ajv judges the JSON body at a place of an operation; `undefined` when the document has none there. */
function bodyAt(operation: string, ...place: string[]) {
  const [method = "", path = ""] = operation.split(" ");
  const keys = ["paths", path, method.toLowerCase(), ...place, "content", "application/json", "schema"];
  const pointer = keys.map((key) => encodeURIComponent(key.replaceAll("/", "~1")));
  return ajv.getSchema(`openapi.json#/${pointer.join("/")}`);
}

const VALID_BODIES: Readonly<Record<string, unknown>> = {
  "POST /credentials": { ...input, userInputs: { scopes: ["a"], apiKey: "b" }, entitiesToSync: { tasks: true } },
  "PUT /credentials/{credentialId}": { entitiesToSync: { tasks: true } },
  "POST /oauth/authorize-url": { appKey: "hubspot" },
};

/** A mock with one credential, and an app that asks for a one-time password. */
async function startWithCredential() {
  const started = startMock();
  await started.send("POST /credentials", input);
  started.mock.requireOtp("lofty", "123456");
  return started;
}

/** A request for an operation that acts on that credential. */
const targetOf = (operation: string): string =>
  operation.replace("{credentialId}", "cred_1").replace("DELETE /credentials", "$&?credentialId=cred_1");

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

test.each<[operation: string, target: string, body: unknown, status: number]>([
  ...operations.map((operation): [string, string, unknown, number] => [
    operation,
    targetOf(operation),
    VALID_BODIES[operation],
    200,
  ]),
  ["GET /credentials", "GET /credentials?includeProfile=true&includeData=true", undefined, 200],
  ["POST /credentials", "POST /credentials", { ...input, appKey: "lofty" }, 200],
  ...operations.map((operation): [string, string, unknown, number] => [operation, operation, undefined, 401]),
  ["POST /credentials", "POST /credentials", {}, 400],
  ["PUT /credentials/{credentialId}", "PUT /credentials/cred_1", {}, 400],
  ["PUT /credentials/{credentialId}", "PUT /credentials/cred_9", { entitiesToSync: {} }, 404],
  ["DELETE /credentials", "DELETE /credentials", undefined, 400],
  ["DELETE /credentials", "DELETE /credentials?credentialId=cred_9", undefined, 404],
  ["POST /oauth/authorize-url", "POST /oauth/authorize-url", {}, 400],
])("the response of the document to %s, sent as %s with %j, is a %i", async (operation, target, body, status) => {
  const { send } = await startWithCredential();
  const headers: Readonly<Record<string, string>> = status === 401 ? { Authorization: "Bearer none" } : {};
  const response = await send(target, body, headers);
  expect([response.status, response.headers.has("date")]).toEqual([status, true]);
  expect(statuses.get(operation)).toContain(String(status));
  // A response that the document gives no schema has no body.
  const text = await response.text();
  const fits = bodyAt(operation, "responses", String(status));
  expect(fits === undefined ? text === "" : fits(JSON.parse(text))).toBe(true);
});

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
  const { send } = await startWithCredential();
  const fits = bodyAt(operation, "requestBody");
  const verdicts = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(variantsOf(valid), async (body) => {
      // As JSON, which has no undefined and no -0.
      const verdict = fits?.(JSON.parse(JSON.stringify(body)));
      verdicts.add(verdict);
      const response = await send(targetOf(operation), body);
      expect(response.status).toBe(verdict ? 200 : 400);
      if (!verdict) expect((await response.json()).errors[0].message).toMatch(/\.$/);
    }),
  );
  // The bodies were of both kinds, or this would prove nothing.
  expect(verdicts).toEqual(new Set([true, false]));
});

const KNOWN_KEYWORDS = [
  ...["type", "nullable", "enum", "allOf", "anyOf", "properties", "required", "additionalProperties", "items"],
  ...["description", "example"],
];

test("the mock knows every keyword of the document's request bodies", () => {
  const keywords = new Set<string>();
  JSON.stringify(Object.values(requestBodies), (key, value) => {
    if (/\D/.test(key)) keywords.add(key);
    return key === "properties" ? Object.values(value) : value;
  });
  expect([...keywords].filter((keyword) => !KNOWN_KEYWORDS.includes(keyword))).toEqual([]);
});
