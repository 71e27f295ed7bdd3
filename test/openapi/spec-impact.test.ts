import { beforeAll, describe, expect, test } from "vitest";
import { type Change, compareDocuments } from "../../scripts/spec-update/compare.mjs";
import { findChanges } from "../../scripts/spec-update/findings.mjs";
import { impactOf } from "../../scripts/spec-update/impact.mjs";
import { placeOf } from "../../scripts/spec-update/place.mjs";
import { type Case, gives, type Impact, object, right, takes, text, wrong } from "./spec-impact-cases.ts";

const cases = [...wrong, ...right];

function documentWith(operations: object[], more: object = {}): object {
  return {
    openapi: "3.0.3",
    info: { title: "Made up", version: "1" },
    security: [{ jwt: [] }],
    paths: Object.fromEntries(
      operations.map((operation, index) => [`/${index}`, { post: { operationId: `post_${index}`, ...operation } }]),
    ),
    components: {
      schemas: { Same: object({ a: text }) },
      securitySchemes: {
        jwt: { type: "http", scheme: "bearer" },
        credential_id: { type: "apiKey", in: "header", name: "X" },
      },
    },
    ...more,
  };
}

function gravest(impacts: Impact[]): Impact | "none" {
  return (["major", "minor", "patch"] as const).find((impact) => impacts.includes(impact)) ?? "none";
}

describe("redocly diff", () => {
  let changes: Change[];
  let after: object;

  beforeAll(async () => {
    after = documentWith(cases.map((item) => item.after));
    changes = await compareDocuments(documentWith(cases.map((item) => item.before)), after);
  }, 30_000);

  function verdicts(item: Case): { tool: Impact | "none"; ours: Impact | "none" } {
    const own = changes.filter(({ path }) => path.startsWith(`#/paths/~1${cases.indexOf(item)}/`));
    return {
      tool: gravest(own.map(({ impact }) => impact)),
      ours: gravest(own.map((change) => impactOf(change, placeOf(change.path, after)))),
    };
  }

  test.each(wrong.map((item) => [item.name, item.why, item] as const))("gets it wrong that %s: %s", (_, __, item) => {
    expect(verdicts(item)).toEqual({ tool: item.tool, ours: item.ours });
  });

  test.each(right.map((item) => [item.name, item] as const))("gets it right that %s", (_, item) => {
    expect(verdicts(item)).toEqual({ tool: item.tool, ours: item.ours });
  });
});

describe("redocly diff of what is not one operation's own", { timeout: 30_000 }, () => {
  const thing = (schemas: object, path = "/things/{id}", id = "id"): object => ({
    ...documentWith([]),
    paths: {
      [path]: {
        parameters: [{ name: id, in: "path", required: true, schema: text }],
        get: { operationId: "get_thing", ...gives({ $ref: "#/components/schemas/Thing" }) },
        put: { operationId: "put_thing", ...takes({ $ref: "#/components/schemas/Thing" }) },
      },
    },
    components: { schemas },
  });

  const schemas = { Thing: object({ a: text, b: text }, ["a"]), Unused: text };
  const before = thing(schemas);

  async function toolImpacts(after: object): Promise<Impact[]> {
    return (await compareDocuments(before, after)).map(({ impact }) => impact);
  }

  test("gets it wrong that a path's parameter gets another name: users write that name", async () => {
    const after = thing(schemas, "/things/{key}", "key");
    expect(await toolImpacts(after)).toEqual(["patch", "patch"]);
    expect(await findChanges(before, after)).toEqual([
      { impact: "major", text: "/things/{key}: the path was called `/things/{id}`" },
      { impact: "major", text: '/things/{key}, path parameter key: `name` changed from "id" to "key"' },
    ]);
  });

  test("gets it wrong that a schema of the components goes: its type is exported", async () => {
    const after = thing({ Thing: schemas.Thing });
    expect(await toolImpacts(after)).toEqual(["patch"]);
    expect(await findChanges(before, after)).toEqual([
      { impact: "major", text: "the document: schema `Unused` was removed" },
    ]);
  });

  test("names only the first of the places that use a changed schema; we add that there are others", async () => {
    const after = thing({ ...schemas, Thing: object({ a: text, b: text }, ["a", "b"]) });
    expect(await toolImpacts(after)).toEqual(["major"]);
    expect(await findChanges(before, after)).toEqual([
      {
        impact: "major",
        text: "GET /things/{id}, answer 200: properties of `Thing` became required: `b` (wherever components.schemas.Thing is used)",
      },
    ]);
  });
});
