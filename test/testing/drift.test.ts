import fc from "fast-check";
import { expect, test } from "vitest";
import { requestBodies } from "../../src/generated/request-bodies.ts";
import { OPERATION_NAMES } from "../../src/testing/operations.ts";
import { variantsOf } from "./bodies.ts";
import { type DocumentOperation, operations, requestBodyOf, responseBodyOf } from "./document.ts";
import { input, startMock } from "./setup.ts";

test("the mock has the operations of the document, and no others", () => {
  expect([...OPERATION_NAMES].sort()).toEqual(operations.map(({ name }) => name).sort());
});

/** A mock with one credential, and `call` for an operation that acts on it. */
async function startWithCredential() {
  const started = startMock();
  await started.send("POST /credentials", input);
  const call = ({ name }: DocumentOperation, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const target = name.replace("{credentialId}", "cred_1").replace("DELETE /credentials", "$&?credentialId=cred_1");
    return started.send(target, body, headers);
  };
  return { ...started, call };
}

const VALID_BODIES: Readonly<Record<string, unknown>> = {
  "POST /credentials": {
    appKey: "follow-up-boss",
    userInputs: { apiKey: "made up", scopes: ["a"] },
    entitiesToSync: { tasks: true },
  },
  "PUT /credentials/{credentialId}": { entitiesToSync: { tasks: true } },
  "POST /oauth/authorize-url": { appKey: "hubspot" },
};

/** Whether the body of a response is the one that the document gives its status: JSON that fits, or nothing. */
async function hasBodyOfDocument(operation: DocumentOperation, response: Response): Promise<boolean> {
  const fits = responseBodyOf(operation, response.status);
  const text = await response.text();
  return fits === undefined ? text === "" : fits(JSON.parse(text));
}

test.each(
  operations.flatMap((operation) => [
    { operation, name: operation.name, status: 200, headers: {} },
    { operation, name: operation.name, status: 401, headers: { Authorization: "Bearer none" } },
  ]),
)("a $status of $name is as in the document", async ({ operation, status, headers }) => {
  const { call } = await startWithCredential();
  const response = await call(operation, VALID_BODIES[operation.name], headers);
  expect(response.status).toBe(status);
  expect(response.headers.has("date")).toBe(true);
  expect(await hasBodyOfDocument(operation, response)).toBe(true);
});

test("a list with everything in it, and a challenge, are as in the document", async () => {
  const { mock, send } = await startWithCredential();
  mock.requireOtp("follow-up-boss", "123456");
  const list = { name: "GET /credentials", method: "get", path: "/credentials" };
  const listed = await send("GET /credentials?includeProfile=true&includeData=true");
  expect(await hasBodyOfDocument(list, listed)).toBe(true);
  const created = await send("POST /credentials", input);
  expect(await hasBodyOfDocument({ ...list, method: "post" }, created)).toBe(true);
});

const withBody = operations.flatMap((operation) => {
  const fits = requestBodyOf(operation);
  return fits === undefined ? [] : [{ operation, fits, name: operation.name }];
});

test("the mock checks the body of each operation that takes one", () => {
  expect(Object.keys(requestBodies).sort()).toEqual(withBody.map(({ name }) => name).sort());
});

test.each(withBody)("a body of $name gets the verdict of the document", async ({ operation, name, fits }) => {
  const { call } = await startWithCredential();
  const verdicts = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(variantsOf(VALID_BODIES[name]), async (body) => {
      const response = await call(operation, body);
      // As JSON, which has no undefined and no -0.
      const sent = JSON.parse(JSON.stringify(body));
      verdicts.add(fits(sent));
      expect(response.status).toBe(fits(sent) ? 200 : 400);
      const documented = responseBodyOf(operation, response.status);
      if (documented !== undefined) expect(documented(await response.json())).toBe(true);
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
