import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRolloutApi, type RolloutApi, RolloutApiError, unwrap } from "rollout-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Prism, startPrism } from "../support/prism.mjs";
import { rejection } from "../support/rejection.ts";
import { callsOf } from "./calls.ts";
import type { paths } from "./paths.ts";

const documentFile = fileURLToPath(new URL("openapi.yaml", import.meta.url));
const document: { paths: Record<string, Record<string, { operationId?: string; responses?: object }>> } = parse(
  readFileSync(documentFile, "utf8"),
);
const token = "a made-up token";

let prism: Prism;
let api: RolloutApi<paths>;
const seen: string[] = [];

beforeAll(async () => {
  prism = await startPrism(documentFile);
  api = createRolloutApi<paths>({ token, baseUrl: prism.url, credentialId: "cred_1", retry: false });
  api.use({ onRequest: ({ request, schemaPath }) => void seen.push(`${request.method} ${schemaPath}`) });
});

afterAll(() => prism.stop());

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, { operationId, responses = {} }]) =>
    operationId === undefined ? [] : { operationId, call: `${method.toUpperCase()} ${path}`, responses },
  ),
);

test.each(operations)(
  "an operation of another document can be called from its generated types: $operationId",
  async ({ operationId, call, responses }) => {
    const { response } = await Reflect.get(callsOf(api), operationId)();
    expect(seen.at(-1)).toBe(call);
    expect(Object.keys(responses).filter((status) => status.startsWith("2"))).toContain(String(response.status));
    expect(response.headers.get("sl-violations")).toBeNull();
  },
);

test("responses have the values that another document gives them", async () => {
  const calls = callsOf(api);
  expect(unwrap(await calls.get_people())).toMatchObject({ people: [{ id: "string" }], _metadata: { next: null } });
  expect(unwrap(await calls.get_people_export())).toBe("id,name\nper_1,Ada\n");
  expect(unwrap(await calls.delete_person())).toBeUndefined();
});

test("an error of another document has its errorMessage among the reasons", async () => {
  const result = await api.GET("/people", { headers: { Prefer: "code=409" } });
  const errorMessage = "That did not work.";
  expect(result.error).toEqual({ errorMessage });
  const expected = { code: "conflict", status: 409, path: "/people", errors: [{ message: errorMessage }] };
  expect(await rejection(() => unwrap(result), RolloutApiError)).toMatchObject(expected);
});

test("credentialId is sent: Prism refuses a call without it", async () => {
  const withoutCredential = createRolloutApi<paths>({ token, baseUrl: prism.url, retry: false });
  const { response } = await withoutCredential.GET("/calendars");
  expect(response.status).toBe(401);
});
