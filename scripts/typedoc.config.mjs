// npm run docs: the API reference, from the comments in src. A public symbol without one fails it.
import { Comment, Converter, OptionDefaults } from "typedoc";

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  entryPoints: ["../src/index.ts", "../src/testing/index.ts"],
  tsconfig: "../tsconfig.json",
  out: "../docs/api",
  name: "rollout-client",
  readme: "none",
  // Links to sources would need a public remote.
  disableSources: true,
  // openapi-typescript writes descriptions under this tag.
  blockTags: [...OptionDefaults.blockTags, "@description"],
  excludeInternal: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  // What nobody needs to name: parts of the signatures of `api` and pagination, and aliases of what they stand for.
  intentionallyNotExported: [
    "ApiArguments",
    "ApiErrorCode",
    "BodyStream",
    "CallFields",
    "Called",
    "HttpMethod",
    "JsonSchema",
    "MockOperation",
    "OnCall",
    "OperationOf",
    "PageItem",
    "SuccessData",
    "WebSocketConnection",
  ],
  // An argument of Extract in the declaration of this type, not a member that anyone can see.
  intentionallyNotDocumented: ["index.Credential.__type.id"],
  plugin: [nameTheSourceOfGeneratedTypes],
};

/**
 * The document describes few of its fields. Those get a line that says where they come from, so that a missing comment in
 * hand-written code is all that is left to complain about.
 *
 * @param {import("typedoc").Application} app
 */
function nameTheSourceOfGeneratedTypes(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      const file = project.getSymbolIdFromReflection(reflection)?.packagePath ?? "";
      const isGenerated =
        file.startsWith("src/generated/") || /\.entitiesToSync\.__type\./.test(reflection.getFullName());
      if (!isGenerated || reflection.hasComment()) continue;
      reflection.comment = new Comment([{ kind: "text", text: "From the OpenAPI document." }]);
    }
  });
}
