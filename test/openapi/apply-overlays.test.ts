import { describe, expect, test } from "vitest";
import { actionName, applyOverlays, impossibilityOf, parseOverlay } from "../../scripts/lib/openapi/overlay.mjs";

const document = {
  openapi: "3.0.3",
  info: { title: "Made up", version: "1" },
  servers: [{ url: "https://things.example" }] satisfies [{ url: string }],
  security: [],
  paths: { "/things": { get: { summary: "List things", tags: ["a"], "x-old": [1, 2] } } },
};

const read = (text: string): ReturnType<typeof parseOverlay> => parseOverlay(text, "things.overlay.yaml");

function actions(...lines: string[]): ReturnType<typeof parseOverlay> {
  return read(
    ["overlay: 1.1.0", "actions:", "  - description: the change", ...lines.map((line) => `    ${line}`)].join("\n"),
  );
}

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

  test("that is impossible is refused by the name of its overlay, with the path", async () => {
    const { impossible } = await applyOverlays(document, actions("target: $.none", "remove: true"));
    expect(impossible.map((action) => impossibilityOf(action).message)).toEqual([
      'things.overlay.yaml: the action "the change" matches nothing in the document ($.none)',
    ]);
  });

  test.each([
    ["has no effect", ["target: $.security", "update: { jwt: [] }"], '"the change" had no effect'],
    [
      "has a target that is no JSONPath",
      ["target: $.paths['/things'", "remove: true"],
      '"the change" has a wrong path',
    ],
  ] as const)("that %s is refused", async (_, lines, reason) => {
    await expect(applyOverlays(document, actions(...lines))).rejects.toThrow(
      `things.overlay.yaml: the action ${reason}`,
    );
  });
});

describe("an overlay is refused", () => {
  const incomplete = "things.overlay.yaml: action 1 needs a description, a target, and exactly one of";

  test.each([
    ["that is not YAML", "overlay: [", "things.overlay.yaml: is not YAML"],
    ["of another version", "overlay: 2.0.0\nactions: []", "things.overlay.yaml: is not an OpenAPI Overlay 1.1.0"],
    ["without actions", "overlay: 1.1.0", "things.overlay.yaml: has no list of actions"],
  ])("%s", (_, text, reason) => {
    expect(() => read(text)).toThrow(reason);
  });

  test.each([
    ["does nothing", ["target: $.info", "remove: false"]],
    ["does two things", ["target: $.info", "remove: true", "copy: $.paths"]],
    ["has no target", ["remove: true"]],
    ["updates with a text", ["target: $.info", "update: text"]],
  ])("with an action that %s", (_, lines) => {
    expect(() => actions(...lines)).toThrow(incomplete);
  });
});
