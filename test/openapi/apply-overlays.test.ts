import { describe, expect, test } from "vitest";
import { actionName, applyOverlays, impossibilityOf, parseOverlay } from "../../scripts/lib/openapi/overlay.mjs";

const document = {
  openapi: "3.0.3",
  info: { title: "Made up", version: "1" },
  servers: [{ url: "https://things.example" }] satisfies [{ url: string }],
  security: [],
  paths: { "/things": { get: { summary: "List things", tags: ["a"], "x-old": [1, 2] } } },
};

const read = (text: string) => parseOverlay(text, "things.overlay.yaml");

/** An action, from lines of YAML. */
const actions = (...lines: string[]) =>
  read(["overlay: 1.1.0\nactions:\n  - description: the change", ...lines].join("\n    "));

const get = "$.paths['/things'].get";

describe("an action of an overlay", () => {
  test("adds, copies and removes, and leaves the original document as it was", async () => {
    const overlay = [
      ...actions(`target: ${get}`, "update: { operationId: list, description: copied }"),
      ...actions(`target: ${get}.summary`, `copy: ${get}.operationId`),
      ...actions("target: $.security", "remove: true"),
    ];
    const patched = await applyOverlays(document, overlay);
    const { security, ...rest } = document;
    const operation = { ...document.paths["/things"].get, operationId: "list", description: "copied", summary: "list" };
    expect(patched.document).toEqual({ ...rest, paths: { "/things": { get: operation } } });
    expect(security).toEqual([]);
    expect(document.paths["/things"].get.summary).toBe("List things");
  });

  test("may build on what an overlay before it added", async () => {
    const overlay = [
      ...actions("target: $.paths", "update: { /more: {} }"),
      ...actions("target: $.paths['/more']", "update: { summary: More }"),
    ];
    const { document: patched, impossible } = await applyOverlays(document, overlay);
    expect(patched.paths["/more"]).toEqual({ summary: "More" });
    expect(impossible).toEqual([]);
  });

  test.each([
    ["superfluous", "the document contains its update", [`target: ${get}`, "update: { tags: [a] }"]],
    ["superfluous", "the target equals what it copies", [`target: ${get}.summary`, `copy: ${get}.summary`]],
    ["overriding", "it replaces a value", [`target: ${get}`, "update: { summary: Others }"]],
    ["overriding", "it adds to a list that has items", [`target: ${get}`, "update: { tags: [b] }"]],
    ["overriding", "it copies over a value", [`target: ${get}.summary`, "copy: $.info.title"]],
    ["impossible", "its target is missing", ["target: $.paths['/none']", "update: { summary: None }"]],
    ["impossible", "what it copies is missing", [`target: ${get}`, "copy: $.paths['/none']"]],
    ["impossible", "what it copies is in several places", [`target: ${get}`, "copy: $.info.*"]],
  ] as const)("is %s when %s", async (list, _, lines) => {
    const patched = await applyOverlays(document, actions(...lines));
    const { superfluous, overriding, impossible } = patched;
    const named = Object.entries({ superfluous, overriding, impossible }).filter(([, found]) => found.length > 0);
    expect(named.map(([name, found]) => [name, found.map(actionName)])).toEqual([[list, ["the change"]]]);
    expect(patched.document).toEqual(list === "overriding" ? expect.not.objectContaining(document) : document);
  });

  test.each([
    ["is impossible", ["target: $.none", "remove: true"], "matches nothing in the document ($.none)"],
    ["has no effect", ["target: $.security", "update: { jwt: [] }"], "had no effect"],
    ["has a target that is no JSONPath", ["target: $.paths['/things'", "remove: true"], "has a wrong path"],
  ] as const)("that %s is refused by the name of its overlay", async (_, lines, reason) => {
    const applied = applyOverlays(document, actions(...lines)).then(({ impossible }) => {
      for (const action of impossible) throw impossibilityOf(action);
    });
    await expect(applied).rejects.toThrow(`things.overlay.yaml: the action "the change" ${reason}`);
  });
});

const incomplete = "action 1 needs a description, a target, and exactly one of";

test.each([
  ["that is not YAML", () => read("overlay: ["), "is not YAML"],
  ["of another version", () => read("overlay: 2.0.0\nactions: []"), "is not an OpenAPI Overlay 1.1.0"],
  ["without actions", () => read("overlay: 1.1.0"), "has no list of actions"],
  ["with an action that does nothing", () => actions("target: $.info", "remove: false"), incomplete],
  ["with an action that does two things", () => actions("target: $.a", "remove: true", "copy: $.b"), incomplete],
  ["with an action that has no target", () => actions("remove: true"), incomplete],
  ["with an action that updates with a text", () => actions("target: $.info", "update: text"), incomplete],
])("an overlay %s is refused", (_, parse, reason) => {
  expect(parse).toThrow(`things.overlay.yaml: ${reason}`);
});
