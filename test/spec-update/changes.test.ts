import { beforeAll, expect, test } from "vitest";
import { type Change, findChanges, type Impact, impactOf, lineOf } from "../../scripts/lib/spec-update/changes.mjs";
import { gives, object, plantedChanges, takes, text } from "./planted-changes.ts";

const thing = { $ref: "#/components/schemas/Thing" };

/** All planted changes at once, each at a path of its own, and a few that belong to no operation. */
function documentWith(
  side: "before" | "after",
  { schemas, pathId, removed }: { schemas: object; pathId: string; removed: object },
): object {
  const operations = plantedChanges.map(([, before, after], index) => [
    `/${index}`,
    { post: { operationId: `post_${index}`, ...(side === "before" ? before : after) } },
  ]);
  return {
    openapi: "3.0.3",
    info: { title: "Made up", version: "1" },
    security: [{ jwt: [] }],
    paths: {
      ...Object.fromEntries(operations),
      "/shared": {
        get: { operationId: "get", ...gives(thing) },
        put: { operationId: "put", ...takes(thing) },
        ...removed,
      },
      [`/renamed/{${pathId}}`]: {
        parameters: [{ name: pathId, in: "path", required: true, schema: text }],
        get: { operationId: "get_renamed", ...gives(text) },
      },
    },
    components: {
      schemas: { Same: object({ a: text }), ...schemas },
      securitySchemes: {
        jwt: { type: "http", scheme: "bearer" },
        key: { type: "apiKey", in: "header", name: "X" },
      },
    },
  };
}

let changes: Change[];

beforeAll(async () => {
  changes = await findChanges(
    documentWith("before", {
      schemas: { Thing: object({ a: text }), Unused: text },
      pathId: "id",
      removed: { delete: { operationId: "delete", ...gives(text) } },
    }),
    documentWith("after", { schemas: { Thing: object({ a: text }, ["a"]) }, pathId: "key", removed: {} }),
  );
}, 30_000);

function gravest(own: readonly Change[]): Impact | "none" {
  const impacts = own.map(impactOf);
  return (["major", "minor", "patch"] as const).find((impact) => impacts.includes(impact)) ?? "none";
}

test.each(plantedChanges.map((planted, index) => [...planted, index] as const))(
  "a planted change is found, judged and named: %s",
  (_name, _before, _after, impact, words, index) => {
    const own = changes.filter(({ path }) => path.startsWith(`#/paths/~1${index}/`));
    expect(gravest(own)).toBe(impact);
    const lines = own.filter((change) => impactOf(change) === impact).map(lineOf);
    expect(lines.join("\n")).toContain(words);
    for (const line of lines) expect(line).toMatch(new RegExp(`^POST /${index} · `));
  },
);

test("a change that belongs to no operation of its own is found, judged and named", () => {
  const others = changes.filter(({ path }) => !/^#\/paths\/~1\d+/.test(path));
  expect(others.map((change) => [impactOf(change), lineOf(change)]).sort()).toEqual([
    ["major", "/renamed/{key} · key: renamed from /renamed/{id}"],
    ["major", "/renamed/{key} · parameters/0 · name: renamed from id"],
    ["major", "DELETE /shared: Operation `DELETE /shared` was removed."],
    [
      "major",
      "GET /shared · responses/200 · required: Properties of `Thing` became required: `a`. (wherever components/schemas/Thing is used)",
    ],
    ["major", "components/schemas/Unused: removed"],
  ]);
});
