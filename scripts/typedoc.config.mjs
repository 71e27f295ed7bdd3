// npm run docs: the reference, as a site in docs/api. Its pages are the guides, and what the comments in src say. A public symbol without a comment
// fails it.
import { readFileSync } from "node:fs";
import { OptionDefaults } from "typedoc";
import { referenceSite } from "./lib/reference-site.mjs";

const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Where the links to sources lead: to the release in the repository, and, without one, to this clone. */
const SOURCE = GITHUB_REPOSITORY
  ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/blob/v${version}`
  : new URL("..", import.meta.url).href.replace(/\/$/, "");

/** The guides, in the order of the sidebar. */
const GUIDES = [
  "README",
  ...["client", "operations", "credentials", "one-time-passwords", "errors", "retries", "rate-limits", "webhooks"],
  ...["other-apis", "sync", "questions", "testing", "recipes", "projects", "runtimes", "benchmarks"],
  ...["MIGRATION", "CHANGELOG", "SECURITY", "CONTRIBUTING"],
].map((name) => (name === name.toUpperCase() ? `${name}.md` : `docs/${name}.md`));

/** The groups of `rollout-client`. What is in none of them is Advanced. */
const GROUPS = {
  Client: [
    ...["createRolloutClient", "createRolloutApi", "unwrap", "paginate", "paginateItems"],
    ...["RolloutClient", "RolloutClientOptions", "RolloutApi", "RolloutApiOptions", "RetryOptions"],
    ...["OperationOptions", "Logger", "CallRecord"],
    ...["ConnectorOperations", "Connector", "ConnectorAuth", "ConnectorInput", "AppKey"],
  ],
  Credentials: [
    ...[
      "isOtpChallenge",
      "CredentialOperations",
      "Credential",
      "ListedCredential",
      "OtpChallenge",
      "OtpPrompt",
      "OnOtp",
    ],
    ...["CreateCredentialInput", "CreateCredentialOptions", "SubmitOtpOptions", "ListCredentialsInput"],
    ...["UpdateCredentialInput", "AuthorizeUrlInput", "AuthorizeUrl", "EntityToSync"],
  ],
  Errors: [
    ...["isRolloutError", "RolloutError", "RolloutCallError", "RolloutApiError", "RolloutNetworkError"],
    ...["RolloutResponseError", "RolloutConfigError", "RolloutOtpError", "RolloutWebhookError", "RolloutPopupError"],
    ...["AnyRolloutError", "RolloutErrorCode", "ErrorDetail"],
  ],
  Limits: ["createRateLimiter", "RateLimiter", "AdaptiveRateLimiter", "RateLimiterOptions"],
  Tokens: ["createTokenSigner", "cachedToken", "TokenSigner", "TokenSignerOptions", "TokenSource", "TokenRequest"],
  Webhooks: [
    ...["createWebhookVerifier", "isWebhookEvent", "WebhookVerifier", "WebhookVerifierOptions"],
    ...["WebhookEvent"],
  ],
};

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  entryPoints: ["../src/index.ts", "../src/testing/index.ts"],
  tsconfig: "../tsconfig.json",
  out: "../docs/api",
  name: "rollout-client",
  includeVersion: true,
  readme: "../docs/README.md",
  projectDocuments: GUIDES.map((guide) => `../${guide}`),
  customCss: "./lib/reference-site.css",
  router: "structure",
  // Paths are relative to the folder that the entries have in common.
  sourceLinkTemplate: `${SOURCE}/src/{path}#L{line}`,
  basePath: "..",
  disableGit: true,
  // Functions before types; within a kind, by name.
  sort: ["kind", "alphabetical"],
  sortEntryPoints: false,
  kindSortOrder: ["Document", "Module", "Function", "Class", "Interface", "TypeAlias"],
  categorizeByGroup: false,
  defaultCategory: "Advanced",
  categoryOrder: [...Object.keys(GROUPS), "Advanced"],
  navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
  includeHierarchySummary: false,
  searchInDocuments: true,
  searchInComments: true,
  // openapi-typescript writes descriptions under this tag.
  blockTags: [...OptionDefaults.blockTags, "@description"],
  highlightLanguages: [...OptionDefaults.highlightLanguages, "sql", "diff", "http", "yaml"],
  excludeInternal: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  validation: {
    notExported: true,
    invalidLink: true,
    // test/documentation looks at these.
    invalidPath: false,
    rewrittenLink: true,
    notDocumented: true,
    unusedMergeModuleWith: true,
  },
  // Names for parts of other types, in the declarations of types that are exported.
  intentionallyNotExported: [
    "ApiArguments",
    "ApiErrorCode",
    "BodyStream",
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
  plugin: [
    referenceSite({
      modules: { src: "rollout-client", "src/testing": "rollout-client/testing" },
      titles: { README: "Introduction", CHANGELOG: "Changelog" },
      groups: GROUPS,
      source: SOURCE,
    }),
  ],
};
