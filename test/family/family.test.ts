import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { createRolloutApi, type RolloutApi, RolloutApiError, unwrap } from "rollout-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Prism, startPrism } from "../support/prism.mjs";
import { callsOf } from "./calls.ts";
import type { paths } from "./paths.ts";

const documentFile = fileURLToPath(new URL("openapi.yaml", import.meta.url));
const typesFile = fileURLToPath(new URL("paths.ts", import.meta.url));

let prism: Prism;
let api: RolloutApi<paths>;
const seen: { method: string; path: string }[] = [];

beforeAll(async () => {
  prism = await startPrism(documentFile);
  api = createRolloutApi<paths>({ token: "a made-up token", baseUrl: prism.url, credentialId: "cred_1", retry: false });
  api.use({
    onRequest({ request, schemaPath }) {
      seen.push({ method: request.method.toLowerCase(), path: schemaPath });
    },
  });
}, 60_000);

afterAll(() => prism.stop());

test("the types are what openapi-typescript makes of the document", { timeout: 30_000 }, async () => {
  const types = COMMENT_HEADER + astToString(await openapiTS(pathToFileURL(documentFile), { silent: true }));
  const mend = "npx openapi-typescript test/family/openapi.yaml -o test/family/paths.ts";
  expect(readFileSync(typesFile, "utf8") === types, `the types are stale: ${mend}`).toBe(true);
});

describe("every operation of a document of the family", () => {
  const operations = operationsOf(parse(readFileSync(documentFile, "utf8")));

  test("is among the ones that are called", () => {
    expect(operations.size).toBeGreaterThanOrEqual(50);
    expect(new Set([...operations.values()].map(({ path }) => path)).size).toBeGreaterThanOrEqual(30);
    expect(Object.keys(callsOf(api)).sort()).toEqual([...operations.keys()].sort());
  });

  test.each([...operations])("can be called from its types alone: %s", async (name, operation) => {
    const { response } = await Reflect.get(callsOf(api), name)();
    expect(seen.at(-1)).toEqual({ method: operation.method, path: operation.path });
    expect(operation.successes).toContain(String(response.status));
    expect(response.headers.get("sl-violations")).toBeNull();
  });
});

describe("answers of the family", () => {
  test("are values of the types that the document gives them", async () => {
    const calls = callsOf(api);
    expect(unwrap(await calls.get_people())).toMatchObject({ people: [{ id: "string" }], _metadata: { next: null } });
    expect(unwrap(await calls.get_calendars()).nextLink).toBeNull();
    expect(unwrap(await calls.get_people_export())).toBe("id,name\nper_1,Ada\n");
    expect(unwrap(await calls.delete_person())).toBeUndefined();
    const deal = unwrap(await calls.get_deal());
    expect(deal.state === "won" ? deal.price : deal.id).toBe("string");
  });

  test.each([
    [400, "bad_request"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [429, "rate_limited"],
    [500, "server_error"],
  ] as const)("that are errors (%i) have their errorMessage among the reasons", async (status, code) => {
    const result = await api.GET("/people", { headers: { Prefer: `code=${status}` } });
    expect(result.error).toEqual({ errorMessage: "That did not work." });
    const thrown = await Promise.resolve(result)
      .then(unwrap)
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(RolloutApiError);
    expect(thrown).toMatchObject({
      code,
      status,
      method: "GET",
      path: "/people",
      errors: [{ message: "That did not work." }],
    });
  });

  test("need the credential's id: Prism refuses a call without it", async () => {
    const withoutCredential = createRolloutApi<paths>({ token: "a made-up token", baseUrl: prism.url, retry: false });
    const { response } = await withoutCredential.GET("/teams");
    expect(response.status).toBe(401);
  });
});

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly successes: string[];
}

function operationsOf(document: {
  paths: Record<string, Record<string, { operationId?: string; responses?: object }>>;
}): Map<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { operationId, responses }] of Object.entries(item)) {
      const successes = Object.keys(responses ?? {}).filter((status) => status.startsWith("2"));
      if (operationId !== undefined) operations.set(operationId, { method, path, successes });
    }
  }
  return operations;
}
